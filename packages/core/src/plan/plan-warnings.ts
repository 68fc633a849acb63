import type { ConfigNote, LoadedConfig } from "../config/load.ts";
import type { KeyPath } from "../config/positions.ts";
import type { ConfigFile } from "../config/schema.ts";
import { formatPlace } from "../errors.ts";
import { type AddonSurroundings, addonWarnings } from "./addon-warnings.ts";

interface Unenforced {
  readonly path: KeyPath;
  readonly shown: string;
  readonly isSet: (config: ConfigFile) => boolean;
  /** What that means for the app. */
  readonly effect: string;
}

const notYet = "is understood and has no effect in this version";

const withoutPreviews = "has no effect: [deploy] preview is not true";

const withoutCanary = 'has no effect: [deploy] strategy is not "canary"';

/** Settings whose effect does not exist yet. Each says so: a setting is never dropped in silence. */
const unenforced: readonly Unenforced[] = [
  {
    path: ["volumes"],
    shown: "[[volumes]]",
    isSet: ({ volumes }) => volumes !== undefined && volumes.length > 0,
    effect: `${notYet}: the app has its data directory, HOP3_DATA_DIR, and nothing else to write to`,
  },
  {
    path: ["limits"],
    shown: "[limits]",
    isSet: ({ limits }) => limits !== undefined,
    effect: "is not enforced in this version: a process may use what the machine has",
  },
  {
    path: ["port"],
    shown: "[port]",
    isSet: ({ port }) => port !== undefined,
    effect: `${notYet}: only HTTP is routed`,
  },
  {
    path: ["ports"],
    shown: "[[ports]]",
    isSet: ({ ports }) => ports !== undefined,
    effect: `${notYet}: only HTTP is routed`,
  },
  {
    path: ["backup"],
    shown: "[backup]",
    isSet: ({ backup }) => backup !== undefined,
    effect: `${notYet}: nothing is backed up`,
  },
  {
    path: ["admin"],
    shown: "[admin]",
    isSet: ({ admin }) => admin !== undefined,
    effect: `${notYet}: no account is made`,
  },
  {
    path: ["probe"],
    shown: "[probe]",
    isSet: ({ probe }) => probe !== undefined,
    effect: `${notYet}: no account is made`,
  },
  {
    path: ["contexts"],
    shown: "[contexts]",
    isSet: ({ contexts }) => contexts !== undefined,
    effect: `${notYet}: the sections outside of it hold`,
  },
  {
    path: ["deploy", "canary-share"],
    shown: "[deploy] canary-share",
    isSet: ({ deploy }) => deploy?.["canary-share"] !== undefined && deploy.strategy !== "canary",
    effect: withoutCanary,
  },
  {
    path: ["deploy", "canary-time"],
    shown: "[deploy] canary-time",
    isSet: ({ deploy }) => deploy?.["canary-time"] !== undefined && deploy.strategy !== "canary",
    effect: withoutCanary,
  },
  {
    path: ["deploy", "preview-config"],
    shown: "[deploy] preview-config",
    isSet: ({ deploy }) => deploy?.["preview-config"] !== undefined && deploy.preview !== true,
    effect: withoutPreviews,
  },
  {
    path: ["deploy", "preview-addons"],
    shown: "[deploy] preview-addons",
    isSet: ({ deploy }) => deploy?.["preview-addons"] !== undefined && deploy.preview !== true,
    effect: withoutPreviews,
  },
  {
    path: ["run", "static"],
    shown: "[run] static",
    isSet: ({ run }) => run?.static !== undefined,
    effect: `${notYet}: a web worker has to serve the files`,
  },
  {
    path: ["healthcheck", "command"],
    shown: "[healthcheck] command",
    isSet: ({ healthcheck }) => healthcheck?.command !== undefined,
    effect: `${notYet}: only HTTP is asked`,
  },
];

/** Keys of [build] that only the local builder reads. */
const localKeys = [
  "toolchain",
  "before-build",
  "build",
  "after-build",
  "test",
  "packages",
] as const;

/** What was chosen, and what else warnings depend on. */
export interface WarnedChoice extends AddonSurroundings {
  readonly builder: string;
  /** True where [nix] has been read by a template. */
  readonly isGenerated: boolean;
}

/** What a user should know before deploying, each with its place. */
export function planWarnings(loaded: LoadedConfig, chosen: WarnedChoice): readonly string[] {
  const { builder } = chosen;
  const notes: ConfigNote[] = [...loaded.warnings, ...addonWarnings(loaded, chosen)];
  const add = (path: KeyPath, message: string) =>
    notes.push({ message, place: loaded.placeOf(path) ?? { file: "hop3.toml" } });
  for (const { path, shown, isSet, effect } of unenforced) {
    if (isSet(loaded.config)) add(path, `${shown} ${effect}`);
  }
  for (const key of localKeys) {
    if (builder === "local" || loaded.config.build?.[key] === undefined) continue;
    add(["build", key], `[build] ${key} is for the local builder; ${builder} does not read it`);
  }
  const pinned: readonly string[] = ["nixpkgs-rev", "nixpkgs-sha256"];
  const unread = Object.keys(loaded.config.nix ?? {}).filter((key) => !pinned.includes(key));
  if (unread.length > 0 && !chosen.isGenerated) {
    const why = builder === "nix" ? "hop3.nix says what is built" : `${builder} does not read it`;
    add(["nix"], `[nix] ${unread.join(", ")}: no effect, ${why}`);
  }
  return notes.map(({ place, message }) => `${formatPlace(place)} ${message}`);
}
