import { findCircles } from "./circles.ts";
import type { Alternatives, DebianPackage, Wanted } from "./control.ts";
import { compareVersions, satisfies } from "./version.ts";

/** A package with its dependencies decided. */
export interface ResolvedPackage {
  readonly source: DebianPackage;
  readonly dependencies: readonly string[];
  /** All packages of the circle it is part of, itself included; empty where it is in none. */
  readonly circle: readonly string[];
}

/**
 * Packages that only configure a running Debian system: their part of the work (users, init scripts,
 * questions, the package database) does not exist in a store, so nothing may depend on them.
 */
const systemOnly = new Set(
  [
    "adduser apt base-files base-passwd ca-certificates-java cdebconf cron dbus dbus-bin dbus-daemon",
    "dbus-session-bus-common dbus-system-bus-common dbus-user-session debconf debconf-2.0",
    "debconf-i18n debianutils default-dbus-session-bus dpkg init-system-helpers install-info",
    "kmod libpam-runtime libpam-systemd logrotate lsb-base lsb-release menu netbase passwd",
    "postgresql-common postgresql-client-common ssl-cert media-types mime-support sysuser-helper",
    "systemd systemd-sysv systemd-standalone-sysusers sysvinit-utils ucf udev update-inetd",
  ]
    .join(" ")
    .split(" "),
);

/** True for a package that brings nothing a program in the store could use. */
function isSystemOnly(name: string): boolean {
  return systemOnly.has(name) || /^gcc-\d+-base$/.test(name);
}

/** The newest version of each package, over all archives. */
export class PackageTable {
  readonly packages = new Map<string, DebianPackage>();

  add(found: DebianPackage): void {
    const known = this.packages.get(found.name);
    if (known !== undefined && compareVersions(known.version, found.version) >= 0) return;
    this.packages.set(found.name, found);
  }
}

/** Decides alternatives and virtual packages for every package, and finds the circles among them. */
export function resolveAll(
  packages: ReadonlyMap<string, DebianPackage>,
): Map<string, ResolvedPackage> {
  const providers = findProviders(packages);
  const graph = new Map<string, readonly string[]>();
  for (const [name, source] of packages) {
    const found = new Set(source.depends.flatMap((group) => choose(group, packages, providers)));
    found.delete(name);
    graph.set(name, [...found].sort());
  }
  const circles = new Map<string, readonly string[]>();
  for (const circle of findCircles(graph)) {
    for (const member of circle) circles.set(member, circle);
  }
  const resolved = new Map<string, ResolvedPackage>();
  for (const [name, source] of packages) {
    const dependencies = graph.get(name) ?? [];
    resolved.set(name, { source, dependencies, circle: circles.get(name) ?? [] });
  }
  return resolved;
}

interface Provider {
  readonly source: DebianPackage;
  readonly version: string | undefined;
}

type Providers = ReadonlyMap<string, readonly Provider[]>;

function findProviders(packages: ReadonlyMap<string, DebianPackage>): Providers {
  const providers = new Map<string, Provider[]>();
  for (const source of packages.values()) {
    for (const { name, version } of source.provides) {
      const known = providers.get(name);
      if (known === undefined) providers.set(name, [{ source, version }]);
      else known.push({ source, version });
    }
  }
  for (const list of providers.values()) list.sort(byPreference);
  return providers;
}

const priorities = ["required", "important", "standard", "optional", "extra"];

/** What a system is likelier to have comes first; then the shorter name, which is rarely a variant. */
function byPreference(a: Provider, b: Provider): number {
  const priority = priorities.indexOf(a.source.priority) - priorities.indexOf(b.source.priority);
  if (priority !== 0) return priority;
  const length = a.source.name.length - b.source.name.length;
  if (length !== 0) return length;
  return a.source.name < b.source.name ? -1 : 1;
}

/** The first alternative that the archives can satisfy; none where only the system provides it. */
function choose(
  group: Alternatives,
  packages: ReadonlyMap<string, DebianPackage>,
  providers: Providers,
): string[] {
  if (group.some(({ name }) => isSystemOnly(name))) return [];
  for (const wanted of group) {
    const real = packages.get(wanted.name);
    if (real !== undefined && isMet(wanted, real.version)) return [real.name];
    const provider = providers.get(wanted.name)?.find(({ version }) => isMet(wanted, version));
    if (provider !== undefined && !isSystemOnly(provider.source.name)) {
      return [provider.source.name];
    }
  }
  return [];
}

function isMet(wanted: Wanted, version: string | undefined): boolean {
  if (wanted.relation === undefined || wanted.version === undefined) return true;
  return version !== undefined && satisfies(version, wanted.relation, wanted.version);
}
