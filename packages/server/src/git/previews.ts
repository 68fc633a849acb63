import { appOfPreview, type PreviewSettings } from "@hop3/core";
import type { App } from "../db/apps.ts";
import type { Preview, PreviewStore } from "../db/previews.ts";
import { currentRelease } from "../deploy/current-release.ts";
import type { Deployer } from "../deploy/deployer.ts";
import { destroyApp } from "../deploy/destroy.ts";
import type { Platform } from "../deploy/platform.ts";
import { configPurpose } from "../deploy/process-spec.ts";
import { previewNotFound, tooManyPreviews } from "./preview-errors.ts";
import { previewName } from "./preview-name.ts";

/** Apps that show branches of other Apps: made by a push, gone with the branch or after a time. */
export interface Previews {
  readonly store: PreviewStore;
  /** What the App's running Release says of them; undefined where it wants none. The branch itself has no say. */
  policy(parent: App): PreviewSettings | undefined;
  /** The App that shows the branch, made where it is missing; its time begins anew. */
  open(parent: App, branch: string): Promise<App>;
  require(parent: App, name: string): { readonly app: App; readonly preview: Preview };
  /** Removes the preview of a branch; its name, where there was one. */
  close(parent: App, branch: string): Promise<string | undefined>;
  remove(app: App): Promise<void>;
  removeAll(parent: App): Promise<void>;
  /** Removes those whose time has come. */
  sweep(): Promise<void>;
}

export interface PreviewParts {
  readonly platform: Platform;
  readonly deployer: Deployer;
  readonly store: PreviewStore;
}

export function makePreviews(parts: PreviewParts): Previews {
  const { platform, deployer, store } = parts;
  const { apps } = platform;
  const remove = (app: App): Promise<void> =>
    destroyApp({ platform, deployer }, app, { keepData: false });
  const removeEach = async (previews: readonly Preview[]): Promise<void> => {
    for (const { appId } of previews) {
      const app = apps.findById(appId);
      if (app !== undefined) await remove(app);
    }
  };
  const policy: Previews["policy"] = (parent) => {
    const isPreview = appOfPreview(parent.name) !== undefined;
    return isPreview ? undefined : currentRelease(platform, parent.id)?.settings?.previews;
  };
  return {
    store,
    policy,
    remove,
    async open(parent, branch) {
      const app = await openApp(parts, parent, branch);
      copyConfig(platform, { parent, app, keys: policy(parent)?.config ?? [] });
      return app;
    },
    require(parent, name) {
      const app = apps.find(name);
      const preview = app && store.ofApp(app.id);
      if (app === undefined || preview?.parentId !== parent.id) {
        throw previewNotFound({ preview: name });
      }
      return { app, preview };
    },
    async close(parent, branch) {
      const preview = store.ofBranch(parent.id, branch);
      const app = preview && apps.findById(preview.appId);
      if (app === undefined) return undefined;
      await remove(app);
      return app.name;
    },
    removeAll: (parent) => removeEach(store.ofParent(parent.id)),
    async sweep() {
      // Asked anew each time: removing one takes long enough for a push of the next.
      const expired = () => store.expired(platform.now().toISOString());
      for (const { appId } of expired()) {
        const preview = expired().find((each) => each.appId === appId);
        if (preview === undefined) continue;
        // One that cannot go must not keep the others.
        await removeEach([preview]).catch((error: unknown) => {
          platform.log.write("error", "previews", { error });
        });
      }
    },
  };
}

async function openApp(parts: PreviewParts, parent: App, branch: string): Promise<App> {
  const { platform, deployer, store } = parts;
  const { max, "time-to-live": seconds } = platform.settings.previews;
  const now = platform.now();
  const at = now.toISOString();
  const expiresAt = new Date(now.getTime() + seconds * 1_000).toISOString();
  const known = store.ofBranch(parent.id, branch);
  const shown = known && platform.apps.findById(known.appId);
  if (shown !== undefined) {
    store.pushed(shown.id, at, expiresAt);
    return shown;
  }
  if (store.ofParent(parent.id).length >= max) {
    throw tooManyPreviews({ app: parent.name, limit: max });
  }
  const app = await deployer.preparePreview(previewName(parent.name, branch));
  const preview = { appId: app.id, parentId: parent.id, branch, commit: undefined };
  store.add({ ...preview, createdAt: at, pushedAt: at, expiresAt });
  return app;
}

interface Copy {
  readonly parent: App;
  readonly app: App;
  readonly keys: readonly string[];
}

/** What the preview has of its own stays: it may be a test account of the same service. */
function copyConfig({ apps, vault, now, db }: Platform, { parent, app, keys }: Copy): void {
  const own = new Set(apps.config(app.id).map(({ key }) => key));
  const at = now().toISOString();
  db.transaction(() => {
    for (const { key, value } of apps.config(parent.id)) {
      if (own.has(key) || !keys.includes(key)) continue;
      const text = vault.open(value, configPurpose(parent, key));
      apps.setConfig(app.id, key, { value: vault.seal(text, configPurpose(app, key)), at });
    }
  });
}

const sweepEveryMs = 5_000;

/** Sweeps now and then, until the server ends. */
export function startSweeping(previews: Previews, { log, stopping }: Platform): void {
  let isSweeping = false;
  const sweep = async (): Promise<void> => {
    if (isSweeping) return;
    isSweeping = true;
    try {
      await previews.sweep();
    } catch (error) {
      log.write("error", "previews", { error });
    } finally {
      isSweeping = false;
    }
  };
  void sweep();
  const timer = setInterval(() => void sweep(), sweepEveryMs);
  timer.unref();
  stopping.addEventListener("abort", () => clearInterval(timer), { once: true });
}
