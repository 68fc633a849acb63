import type { ComponentType } from "react";
import { Link, useSearch } from "wouter";
import { Page } from "../components/page.tsx";
import { UploadFiles } from "../components/upload/drop.tsx";
import { PasteNix } from "../components/upload/paste.tsx";
import { ConnectRepository } from "../components/upload/repository.tsx";

/** In the order of the tabs. */
const ways: Readonly<Record<string, readonly [label: string, part: ComponentType]>> = {
  upload: ["Upload", UploadFiles],
  repository: ["Git repository", ConnectRepository],
  nix: ["Write a hop3.nix", PasteNix],
};

/** Ways to bring an app: a folder or archive, a push, a hop3.nix. */
export function NewAppPage() {
  const chosen = new URLSearchParams(useSearch()).get("way") ?? "upload";
  const Part = ways[chosen]?.[1] ?? UploadFiles;
  return (
    <Page title="New app">
      <p className="muted">
        Looking for something ready-made? <Link href="/catalogue">Open the catalogue.</Link>
      </p>
      <nav className="tabs" aria-label="Ways to bring an app">
        {Object.entries(ways).map(([id, [label]]) => (
          <Link
            key={id}
            href={id === "upload" ? "/new" : `/new?way=${id}`}
            aria-current={id === chosen ? "page" : undefined}
          >
            {label}
          </Link>
        ))}
      </nav>
      <Part />
    </Page>
  );
}
