import type { ComponentType } from "react";
import { Link, useSearch } from "wouter";
import { at } from "../api.ts";
import { Page } from "../components/page.tsx";
import { UploadFiles } from "../components/upload/drop.tsx";
import { PasteNix } from "../components/upload/paste.tsx";
import { ConnectRepository } from "../components/upload/repository.tsx";
import type { WayProps } from "../components/upload/ways.ts";

/** In the order of the tabs. */
const ways: Readonly<Record<string, readonly [label: string, part: ComponentType<WayProps>]>> = {
  upload: ["Upload", UploadFiles],
  repository: ["Git repository", ConnectRepository],
  nix: ["Write a hop3.nix", PasteNix],
};

/** Ways to bring an app, or a new version of one: a folder or archive, a push, a hop3.nix. */
export function NewAppPage() {
  const search = new URLSearchParams(useSearch());
  const chosen = search.get("way") ?? "upload";
  const app = search.get("app") ?? undefined;
  const Part = ways[chosen]?.[1] ?? UploadFiles;
  return (
    <Page title={app === undefined ? "New app" : `New version of ${app}`}>
      {app === undefined ? (
        <p className="muted">
          Looking for something ready-made? <Link href="/catalogue">Open the catalogue.</Link>
        </p>
      ) : (
        <p className="muted">
          What you bring becomes a new release of <Link href={at`/apps/${app}`}>{app}</Link>.
        </p>
      )}
      <nav className="tabs" aria-label="Ways to bring an app">
        {Object.entries(ways).map(([id, [label]]) => (
          <Link
            key={id}
            href={`/new?${new URLSearchParams({ ...(app && { app }), way: id })}`}
            aria-current={id === chosen ? "page" : undefined}
          >
            {label}
          </Link>
        ))}
      </nav>
      <Part key={app} app={app} />
    </Page>
  );
}
