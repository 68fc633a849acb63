import type { NixSection } from "../config/nix-section.ts";

/** A language runtime: how the local builder calls it, and the template that builds such apps. */
export interface Runtime {
  readonly toolchain: string;
  /** Absent where no template builds such an app from its source. */
  readonly template?: string;
  readonly inputs?: NixSection;
}

const python: Runtime = { toolchain: "python", template: "python-venv" };
const node: Runtime = { toolchain: "node", template: "node-source" };
const php: Runtime = { toolchain: "php", template: "php-app" };
const ruby: Runtime = { toolchain: "ruby", template: "ruby-bundler" };
const go: Runtime = { toolchain: "go", template: "go-source" };
const java: Runtime = { toolchain: "java" };
const gradle: Runtime = { toolchain: "java", template: "java-gradle" };
const rust: Runtime = { toolchain: "rust", template: "rust-source" };
const staticSite: Runtime = { toolchain: "static", template: "static-site" };

const byName: Readonly<Record<string, Runtime>> = {
  python,
  pypy: python,
  uv: python,
  node,
  nodejs: node,
  bun: node,
  deno: node,
  php,
  composer: php,
  frankenphp: php,
  ruby,
  rails: ruby,
  jruby: ruby,
  go,
  golang: go,
  java,
  jvm: java,
  openjdk: java,
  "eclipse-temurin": java,
  temurin: java,
  amazoncorretto: java,
  corretto: java,
  "ibm-semeru-runtimes": java,
  maven: java,
  tomcat: java,
  jetty: java,
  gradle,
  rust,
  static: staticSite,
  nginx: staticSite,
  httpd: staticSite,
  caddy: staticSite,
  staticfile: staticSite,
  "nginx-unprivileged": staticSite,
};

/** The runtime that goes by this name on other platforms, in images, buildpacks and providers. */
export function runtimeNamed(name: string): Runtime | undefined {
  const lower = name.toLowerCase();
  return Object.hasOwn(byName, lower) ? byName[lower] : undefined;
}

/** The runtime of a buildpack: `heroku/python`, a Git address, or the like. */
export function runtimeOfBuildpack(address: string): Runtime | undefined {
  const words = address
    .toLowerCase()
    .replace(/\.git(?:#.*)?$/, "")
    .split(/[^a-z]+/);
  return words.map(runtimeNamed).find((runtime) => runtime !== undefined);
}

/** Images of a plain distribution: they say nothing about the language. */
const distributions: ReadonlySet<string> = new Set([
  "alpine",
  "debian",
  "ubuntu",
  "fedora",
  "centos",
  "rockylinux",
  "almalinux",
  "amazonlinux",
  "archlinux",
  "busybox",
  "scratch",
  "buildpack-deps",
  "ubi-minimal",
  "static-debian12",
  "base-debian12",
]);

export interface Image {
  /** Last part of the name: `python`. */
  readonly name: string;
  readonly tag: string | undefined;
  readonly isDistribution: boolean;
  readonly runtime: Runtime | undefined;
}

/** Takes `ghcr.io/acme/python:3.11-slim@sha256:…` apart. */
export function parseImage(reference: string): Image {
  const [path = ""] = reference.split("@");
  const last = path.slice(path.lastIndexOf("/") + 1);
  const [name = "", tag] = last.split(":");
  const short = name.replace(/^distroless-/, "");
  return {
    name,
    tag,
    isDistribution: distributions.has(name),
    runtime: runtimeNamed(short) ?? runtimeNamed(short.replace(/-?\d+(?:-debian\d+)?$/, "")),
  };
}
