import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { App } from "../db/apps.ts";
import { clearAddonData, destroyAddons } from "./addon-care.ts";
import type { Deployer } from "./deployer.ts";
import { removeProcesses } from "./drain.ts";
import type { Platform } from "./platform.ts";
import { desiredRoutes } from "./routes.ts";

/** Stops and forgets an App: route first, then Processes, roots, logs and, unless kept, its data. */
export async function destroyApp(
  { platform, deployer }: { readonly platform: Platform; readonly deployer: Deployer },
  app: App,
  options: { readonly keepData: boolean },
): Promise<void> {
  await deployer.stopAll(app);
  const records = platform.processes.ofApp(app.id);
  const routes = desiredRoutes(platform).filter((route) => route.app !== app.name);
  await platform.router.apply(routes);
  await removeProcesses(platform, records);
  await destroyAddons(platform, app);
  platform.db.transaction(() => platform.apps.delete(app.id));
  platform.events.emit({ topic: "app", kind: "app.destroyed", app: app.name });
  for (const builder of platform.builders.values()) await builder.sweep?.(app.name, []);
  const home = platform.home.app(app.name);
  const stamp = platform.now().toISOString().replaceAll(/[:.]/g, "-");
  const kept = join(platform.home.dir, `kept-${app.name}-${stamp}`);
  if (options.keepData) {
    await rename(home.data, kept).catch(() => {});
    // What containers have kept, beside what else there is.
    await rename(home.volumes, join(kept, "volumes")).catch(() => {});
  }
  await clearAddonData(platform, app, options.keepData ? kept : undefined);
  await rm(home.dir, { recursive: true, force: true });
}
