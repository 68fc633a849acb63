import type { Route } from "@hop3/core/plugin";
import type { App } from "../db/apps.ts";
import type { Platform } from "./platform.ts";

/** What the Router should know, from the database: every App has a route, with or without anything behind it. */
export function desiredRoutes(platform: Platform): readonly Route[] {
  return platform.apps.all().map((app) => ({
    app: app.name,
    backend: app.backend,
    domains: [builtInDomain(platform, app.name), ...platform.apps.domains(app.id)],
    upstreams: platform.processes
      .ofApp(app.id)
      .flatMap((record) =>
        record.role === "current" && record.address !== undefined
          ? [{ id: record.id, address: record.address }]
          : [],
      ),
  }));
}

export function builtInDomain(platform: Pick<Platform, "address">, app: string): string {
  return `${app}.${platform.address.domain}`;
}

export function publicUrl(
  platform: Pick<Platform, "address">,
  app: App | { readonly name: string },
): string {
  const { port } = platform.address;
  return `http://${builtInDomain(platform, app.name)}${port === 80 ? "" : `:${port}`}`;
}
