import type { Route, Upstream } from "@hop3/core/plugin";
import type { App } from "../db/apps.ts";
import { canaryWeights } from "./canary-verdict.ts";
import { isBelowBase, isNameOfServer } from "./own-names.ts";
import type { Platform } from "./platform.ts";

/** What the Router should know, from the database: every App has a route, with or without anything behind it. */
export function desiredRoutes(platform: Platform): readonly Route[] {
  return platform.apps.all().map((app) => ({
    app: app.name,
    backend: app.backend,
    domains: routedDomains(platform, app),
    upstreams: desiredUpstreams(platform, app),
  }));
}

/** Names that were given away before the server took them for itself, by another `url` or domain, lead nowhere. */
function routedDomains(platform: Platform, app: App): readonly string[] {
  const added = platform.apps.domains(app.id).filter((domain) => !isBelowBase(platform, domain));
  const all = [builtInDomain(platform, app.name), ...added];
  return all.filter((domain) => !isNameOfServer(platform, domain));
}

/** Names that Apps have and are not reached by, since they are the server's own now. */
export function unroutedDomains(platform: Platform): readonly string[] {
  return platform.apps.all().flatMap((app) => {
    const routed = routedDomains(platform, app);
    const all = [builtInDomain(platform, app.name), ...platform.apps.domains(app.id)];
    return all.filter((domain) => !routed.includes(domain));
  });
}

function desiredUpstreams(platform: Platform, app: App): readonly Upstream[] {
  const reachable = platform.processes
    .ofApp(app.id)
    .flatMap(({ id, address, role, release }) =>
      address === undefined ? [] : [{ id, address, role, release }],
    );
  const old = reachable.filter(({ role }) => role === "current");
  const fresh = reachable.filter(({ role }) => role === "canary");
  const [tried] = fresh;
  const bare = ({ id, address }: Upstream): Upstream => ({ id, address });
  if (tried === undefined) return old.map(bare);
  const { share } = platform.releases.find(app.id, tried.release)?.settings?.canary ?? {};
  if (share === undefined || old.length === 0) return [...old, ...fresh].map(bare);
  const weights = canaryWeights(share, { fresh: fresh.length, old: old.length });
  return [
    ...old.map((each) => ({ ...bare(each), weight: weights.old })),
    ...fresh.map((each) => ({ ...bare(each), weight: weights.fresh })),
  ];
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
