/** Answers of a server as the contract has them; tests change what they are about. */

const hour = 3_600_000;

export function ago(ms: number): string {
  return new Date(Date.parse("2026-11-23T07:00:00.000Z") - ms).toISOString();
}

export const summary = {
  name: "hello",
  url: "http://hello.localhost:8080",
  domains: ["www.example.org"],
  state: "running",
  release: 3,
  tier: "nixpkgs",
  deployedAt: ago(3 * 60_000),
};

export const emptyApp = {
  name: "new-app",
  url: "http://new-app.localhost:8080",
  domains: [],
  state: "empty",
};

export const processInfo = {
  id: "hello.3.web.1",
  worker: "web",
  instance: 1,
  release: 3,
  kind: "http",
  role: "current",
  state: "up",
  pid: 4711,
  sinceSeconds: 185,
  restarts: 0,
  address: "unix:/run/hop3-1/sock/a/http.sock",
  memoryBytes: 31_457_280,
};

export const release = {
  number: 3,
  state: "running",
  createdAt: ago(3 * 60_000),
  createdBy: "deploy",
  tier: "nixpkgs",
  closure: { paths: 83, bytes: 152_300_000 },
  sourceRevision: "0123456789abcdef0123",
  configKeys: ["API_KEY"],
  restorable: true,
};

export const previousRelease = {
  ...release,
  number: 2,
  state: "previous",
  createdAt: ago(2 * hour),
};

export const archivedRelease = {
  number: 1,
  state: "archived",
  createdAt: ago(49 * hour),
  createdBy: "deploy",
  configKeys: [],
  restorable: false,
  notRestorableBecause: "its files were collected",
};

export const detail = {
  ...summary,
  createdAt: ago(50 * hour),
  dataDir: "/var/lib/hop3/apps/hello/data",
  processes: [processInfo],
  currentRelease: release,
  configKeys: ["API_KEY", "LOG_LEVEL"],
};

export const deployment = {
  id: 7,
  app: "hello",
  kind: "deploy",
  state: "queued",
  url: "http://hello.localhost:8080",
  unchanged: false,
  phases: [],
  createdAt: ago(0),
};

export const succeeded = {
  ...deployment,
  state: "succeeded",
  release: 3,
  tier: "nixpkgs",
  closure: { paths: 83, bytes: 152_300_000 },
  phases: [
    { name: "plan", ms: 12, ok: true },
    { name: "build", ms: 4_210, ok: true },
    { name: "switch", ms: 31, ok: true },
  ],
  endedAt: ago(0),
};

export const goodEvents = [
  { type: "queued", behind: 0 },
  { type: "phase-start", phase: "plan" },
  { type: "note", level: "info", text: "nix builder: found hop3.nix" },
  { type: "phase-end", phase: "plan", ms: 12, ok: true },
  { type: "phase-start", phase: "build" },
  { type: "log", phase: "build", text: "building hello" },
  { type: "log", phase: "build", text: "\u001b[31mred\u001b[0m \u001b]0;title\u0007" },
  { type: "phase-end", phase: "build", ms: 4_210, ok: true },
  { type: "phase-start", phase: "switch" },
  { type: "phase-end", phase: "switch", ms: 31, ok: true },
  { type: "live", release: 3, url: "http://hello.localhost:8080", unchanged: false },
  { type: "end", state: "succeeded" },
];

export const serverInfo = {
  version: "0.1.0",
  pid: 99,
  home: "/var/lib/hop3",
  startedAt: ago(2 * hour),
  listen: "127.0.0.1:7070",
  router: "127.0.0.1:8080",
  domain: "localhost",
  packageSet: { name: "debian", pin: "sha256-abc" },
  supervisor: "s6",
  routerName: "haproxy",
};
