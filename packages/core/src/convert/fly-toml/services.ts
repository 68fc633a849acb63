import type { KeyPath } from "../../config/positions.ts";
import type { HealthcheckSection } from "../../config/sections.ts";
import { parseSeconds } from "../seconds.ts";
import type { Check, FlyToml, Service } from "./schema.ts";
import type { FlyWork } from "./work.ts";

/** What listens: the port is a hint, the rest is the router's business. */
export function convertServices(work: FlyWork): void {
  const { draft, document, fly } = work;
  const port = fly.http_service?.internal_port;
  if (port !== undefined) notePort(work, port, ["http_service", "internal_port"]);
  for (const { service, path } of listServices(fly)) {
    if (!speaksHttp(service)) {
      const shown = `${service.protocol ?? "tcp"} on port ${service.internal_port ?? "?"}`;
      const reason = "only HTTP is routed; [[ports]] is for other endpoints";
      draft.warn(`the service ${shown} is not carried over`, reason, document.placeOf(path));
    } else if (service.internal_port !== undefined) {
      notePort(work, service.internal_port, [...path, "internal_port"]);
    }
  }
}

interface FoundService {
  readonly service: Service;
  readonly path: KeyPath;
}

/** `[[services]]`, or a lone `[services]`. */
function listServices({ services = [] }: FlyToml): readonly FoundService[] {
  if (!Array.isArray(services)) return [{ service: services, path: ["services"] }];
  return services.map((service, index) => ({ service, path: ["services", index] }));
}

function speaksHttp({ protocol, ports = [] }: Service): boolean {
  if (protocol === "udp") return false;
  return ports.some(({ handlers = [] }) => handlers.includes("http"));
}

function notePort({ draft, document }: FlyWork, port: number, path: KeyPath): void {
  const place = document.placeOf(path);
  draft.port(port);
  draft.fact("port", String(port), place);
  const reason = "each process gets an address of its own: listen on $BIND_ADDRESS:$PORT";
  draft.warn(`the port ${port} is not carried over`, reason, place);
}

/** The first check by HTTP becomes the health check. */
export function convertChecks(work: FlyWork): void {
  const { draft, document } = work;
  const [first, ...others] = httpChecks(work);
  if (first !== undefined) {
    draft.section({ healthcheck: toHealthcheck(first.check) });
    draft.fact("health check", first.check.path ?? "/", document.placeOf(first.path));
    if (first.check.method !== undefined && first.check.method.toUpperCase() !== "GET") {
      const reason = "a check is a GET request";
      draft.warn(
        `the method ${first.check.method} is not carried over`,
        reason,
        document.placeOf(first.path),
      );
    }
  }
  for (const { path } of others) {
    draft.warn(
      "a second check is not carried over",
      "an app has one health check",
      document.placeOf(path),
    );
  }
}

interface FoundCheck {
  readonly check: Check;
  readonly path: KeyPath;
}

function httpChecks({ draft, document, fly }: FlyWork): FoundCheck[] {
  const found: FoundCheck[] = [];
  const add = (checks: readonly Check[] | undefined, path: KeyPath) =>
    found.push(...(checks ?? []).map((check, index) => ({ check, path: [...path, index] })));
  add(fly.http_service?.checks, ["http_service", "checks"]);
  for (const { service, path } of listServices(fly)) {
    add(service.http_checks, [...path, "http_checks"]);
    add(service.checks, [...path, "checks"]);
  }
  for (const [name, check] of Object.entries(fly.checks ?? {})) {
    const path = ["checks", name];
    if (check.type === "tcp") {
      draft.warn(
        `the check ${name} is not carried over`,
        "checks are HTTP requests",
        document.placeOf(path),
      );
    } else {
      found.push({ check, path });
    }
  }
  return found;
}

function toHealthcheck(check: Check): HealthcheckSection {
  const healthcheck: HealthcheckSection = {};
  if (check.path !== undefined)
    healthcheck.path = check.path.startsWith("/") ? check.path : `/${check.path}`;
  const times = [
    ["interval", check.interval],
    ["timeout", check.timeout],
    ["start-period", check.grace_period],
  ] as const;
  for (const [key, value] of times) {
    // A bare number of a check counts milliseconds.
    const seconds = typeof value === "number" ? value / 1000 : parseSeconds(value ?? "none");
    if (seconds !== undefined) healthcheck[key] = seconds;
  }
  return healthcheck;
}
