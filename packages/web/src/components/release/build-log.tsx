import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { at, getText } from "../../api.ts";
import { useMay } from "../../session.tsx";
import { Evidence } from "../evidence.tsx";
import { Answer } from "../states.tsx";

interface BuildLogProps {
  readonly app: string;
  readonly release: number;
}

/** What the build has said; read when somebody wants to see it. */
export function BuildLog({ app, release }: BuildLogProps) {
  const [isOpen, setOpen] = useState(false);
  const may = useMay("app.logs", app);
  const log = useQuery({
    queryKey: ["app", app, "releases", release, "build-log"],
    queryFn: () => getText(at`/apps/${app}/releases/${release}/build-log`),
    enabled: isOpen,
  });
  if (!may) return null;
  return (
    <details className="card" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Build log</summary>
      {isOpen ? (
        <Answer of={log}>
          {(text) => <Evidence text={text === "" ? "The build has said nothing." : text} />}
        </Answer>
      ) : null}
    </details>
  );
}
