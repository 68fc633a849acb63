import type { ReleaseSummary } from "@hop3/core/api";
import { useState } from "react";
import { address, answerOf, at } from "../../api.ts";
import { useMay } from "../../session.tsx";
import { useTell } from "../toast.tsx";

interface DownloadButtonProps {
  readonly app: string;
  readonly release: ReleaseSummary;
}

/** The Release as the one file that `hop3 release import` takes. */
export function DownloadButton({ app, release: { number, closure } }: DownloadButtonProps) {
  const [isBusy, setBusy] = useState(false);
  const tell = useTell();
  const may = useMay("app.export", app);
  if (!may || closure === undefined) return null;
  const download = async () => {
    setBusy(true);
    try {
      const response = await fetch(address(at`/apps/${app}/releases/${number}/export`), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: "{}",
      });
      if (!response.ok) await answerOf(response);
      save(await response.blob(), `${app}-${number}.tar`);
    } catch (error) {
      tell.failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <button type="button" className="button" disabled={isBusy} onClick={() => void download()}>
      {isBusy ? "Downloading…" : "Download"}
    </button>
  );
}

function save(content: Blob, name: string): void {
  const href = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = href;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
