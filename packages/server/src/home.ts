import { createHash } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync, realpathSync, statfsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { defineError, ExitCode } from "@hop3/core";

/** `f_type` of a tmpfs in statfs(2), from linux/magic.h. */
const tmpfsMagic = 0x01021994;

export const runtimeDirNotOurs = defineError<{ path: string }>({
  code: "RUNTIME_DIR_NOT_OURS",
  exitCode: ExitCode.notAllowed,
  status: 500,
  message: ({ path }) =>
    `${path} belongs to another user, so sockets and variables cannot go there`,
  hint: ({ path }) => `Look who made it (ls -ld ${path}), then remove it and start again`,
});

export const homeUnreachable = defineError<{ home: string; closed: string }>({
  code: "HOME_UNREACHABLE",
  exitCode: ExitCode.usage,
  status: 500,
  message: ({ home, closed }) =>
    `${home} lies below ${closed}, which the users of the apps may not enter`,
  hint: ({ closed }) =>
    `Choose another home (--home /var/lib/hop3), or let them pass through: chmod o+x ${closed}`,
});

/** Every path below HOP3_HOME and below its runtime directory; the only place that joins them. */
export interface Home {
  readonly dir: string;
  /** On tmpfs: sockets, decrypted variables, the scan directory. Gone after a reboot, as it should be. */
  readonly runtimeDir: string;
  /** False where no tmpfs was found and plain variables would reach a disk: `hop3 doctor` says so. */
  readonly runtimeIsTmpfs: boolean;
  readonly database: string;
  readonly key: string;
  readonly lock: string;
  readonly tokenFile: string;
  /** How the running server is reached; written at start, removed at stop. */
  readonly serverFile: string;
  readonly settingsFile: string;
  readonly packages: string;
  readonly dataPlane: string;
  readonly router: string;
  readonly supervisor: string;
  readonly uploads: string;
  /** Installed plug-ins: package.json and node_modules, as npm leaves them. */
  readonly plugins: string;
  /** What addons keep, by App and name. */
  readonly addons: string;
  /** Directories that plug-ins have for themselves, by name. */
  readonly pluginData: string;
  /** Key pair that signs what leaves this server. */
  readonly keys: string;
  readonly socket: string;
  readonly scanDir: string;
  app(name: string): AppHome;
  envDir(processId: string): string;
  socketDir(processId: string): string;
  /** For the sockets of an addon, by its number: a path that is short whatever it is called. */
  addonRuntimeDir(id: number): string;
}

interface ServiceKey {
  readonly release: number;
  readonly worker: string;
  readonly instance: number;
  readonly deploymentId: number;
}

export interface AppHome {
  readonly dir: string;
  readonly data: string;
  /** Attempts: one append-only timeline file each. */
  readonly deployments: string;
  release(number: number): string;
  readonly tmp: string;
  /** What local builds leave: directories that Releases run in, shared dependencies, downloads. */
  readonly local: string;
  /** Files of its recent Sources, for the next upload to build upon. */
  readonly contents: string;
  /** Launchers of the images that were built for it, each in a directory of its own. */
  readonly docker: string;
  /** What its containers keep, by the path at which they see it; the server's own, so no App can put a link there. */
  readonly volumes: string;
  /** What the platform laid out in `data` for writable_tree, by hash. */
  readonly writableTree: string;
  /** Service directory of one Process; an attempt of its own for each Deployment of the same Release. */
  service(process: ServiceKey): string;
  /** Service directory of an addon, which is of no Release. */
  addonService(name: string): string;
  /** Where the service directories of a Release are. */
  services(release: number): string;
}

/** Finds the runtime directory of a home and creates both. Synchronous: it runs once, before anything else. */
export function openHome(dir: string, env: NodeJS.ProcessEnv): Home {
  mkdirSync(dir, { recursive: true, mode: 0o711 });
  const real = realpathSync(dir);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) openToApps(real);
  const { runtimeDir, runtimeIsTmpfs } = findRuntimeDir(real, env);
  mkdirSync(runtimeDir, { recursive: true, mode: 0o711 });
  const found = lstatSync(runtimeDir);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) {
    throw runtimeDirNotOurs({ path: runtimeDir });
  }
  return makeHome(real, runtimeDir, runtimeIsTmpfs);
}

/** Apps have users of their own and reach their data through the home; each part of it has its own mode. */
function openToApps(home: string): void {
  const { mode } = statSync(home);
  if ((mode & 0o011) !== 0o011) chmodSync(home, (mode & 0o777) | 0o011);
}

/** Fails where no App of a server that is root could reach its own data directory. */
export function requireReachable(home: Home): void {
  if (process.getuid?.() !== 0) return;
  for (let dir = dirname(home.dir); dir !== dirname(dir); dir = dirname(dir)) {
    if ((statSync(dir).mode & 0o001) === 0) throw homeUnreachable({ home: home.dir, closed: dir });
  }
}

function findRuntimeDir(
  home: string,
  env: NodeJS.ProcessEnv,
): { runtimeDir: string; runtimeIsTmpfs: boolean } {
  const name = `hop3-${createHash("sha256").update(home).digest("hex").slice(0, 8)}`;
  const isRoot = process.getuid?.() === 0;
  const candidates = isRoot ? ["/run", "/dev/shm"] : [env["XDG_RUNTIME_DIR"], "/dev/shm"];
  for (const candidate of candidates) {
    if (candidate === undefined || !isTmpfs(candidate)) continue;
    return { runtimeDir: join(candidate, name), runtimeIsTmpfs: true };
  }
  return { runtimeDir: join(home, "run"), runtimeIsTmpfs: false };
}

function isTmpfs(path: string): boolean {
  try {
    return statfsSync(path).type === tmpfsMagic;
  } catch {
    return false;
  }
}

function makeHome(dir: string, runtimeDir: string, runtimeIsTmpfs: boolean): Home {
  return {
    dir,
    runtimeDir,
    runtimeIsTmpfs,
    database: join(dir, "hop3.db"),
    key: join(dir, "hop3.key"),
    lock: join(dir, "server.lock"),
    tokenFile: join(dir, "token"),
    serverFile: join(dir, "server.json"),
    settingsFile: join(dir, "server.toml"),
    packages: join(dir, "packages"),
    dataPlane: join(dir, "data-plane"),
    router: join(dir, "router"),
    supervisor: join(dir, "supervisor"),
    uploads: join(dir, "uploads"),
    plugins: join(dir, "plugins"),
    addons: join(dir, "addons"),
    pluginData: join(dir, "plugin-data"),
    keys: join(dir, "keys"),
    socket: join(runtimeDir, "hop3.sock"),
    scanDir: join(runtimeDir, "scan"),
    app: (name) => makeAppHome(join(dir, "apps", name)),
    envDir: (processId) => join(runtimeDir, "env", processId),
    socketDir: (processId) => join(runtimeDir, "sock", processId),
    addonRuntimeDir: (id) => join(runtimeDir, "addon", String(id)),
  };
}

function makeAppHome(dir: string): AppHome {
  return {
    dir,
    data: join(dir, "data"),
    tmp: join(dir, "tmp"),
    local: join(dir, "local"),
    docker: join(dir, "docker"),
    volumes: join(dir, "volumes"),
    contents: join(dir, "contents"),
    writableTree: join(dir, "writable-tree.json"),
    deployments: join(dir, "deployments"),
    release: (number) => join(dir, "releases", String(number)),
    services: (release) => join(dir, "run", String(release)),
    addonService: (name) => join(dir, "addons", name),
    service: ({ release, worker, instance, deploymentId }) =>
      join(dir, "run", String(release), `${worker}.${instance}.${deploymentId}`),
  };
}

/** Where the home is when nobody says: /var/lib/hop3 for root, the XDG data directory otherwise. */
export function defaultHomeDir(env: NodeJS.ProcessEnv): string {
  if (env["HOP3_HOME"] !== undefined && env["HOP3_HOME"] !== "") return env["HOP3_HOME"];
  if (process.getuid?.() === 0) return "/var/lib/hop3";
  return join(env["XDG_DATA_HOME"] ?? join(env["HOME"] ?? "/", ".local/share"), "hop3");
}
