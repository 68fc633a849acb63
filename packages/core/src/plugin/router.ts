import type { ListenAddress } from "./listen-address.ts";

/** A Process that serves requests. */
export interface Upstream {
  /** Name of the server within its backend: the id of the Process. One id never has two addresses. */
  readonly id: string;
  readonly address: ListenAddress;
  /** Its part of the App's requests against the weights of the others, from 1 to 256. Default 1. */
  readonly weight?: number;
}

/** What an upstream has been given since the Router knows it, or since the Router was started again. */
export interface UpstreamTraffic {
  readonly requests: number;
  /** Answered with a 5xx, not at all, or only after another try. */
  readonly failed: number;
}

/** All that the Router must know of one App. */
export interface Route {
  readonly app: string;
  /** Number of the pre-allocated backend; the App keeps it for life. */
  readonly backend: number;
  readonly domains: readonly string[];
  /** Upstreams that take new requests. Those not named any more are drained, then removed by `remove`. */
  readonly upstreams: readonly Upstream[];
}

/** Sends the requests for a Domain to Processes. */
export interface Router {
  readonly name: string;
  /** Starts it where it does not run (under the supervisor), with these routes; else applies them. */
  ensureRunning(routes: readonly Route[]): Promise<void>;
  /**
   * Makes the Router's routes these, all of them, by runtime changes only: no reload, no request lost. An upstream
   * that is no longer named gets no new request but keeps those it has, until it is removed.
   */
  apply(routes: readonly Route[]): Promise<void>;
  /** Requests and connections (WebSockets too) that an upstream still holds; 0 for one that is not known. */
  openSessions(app: Pick<Route, "app" | "backend">, upstreamId: string): Promise<number>;
  /** By the id of the upstream; drained ones are among them. */
  traffic(app: Pick<Route, "app" | "backend">): Promise<ReadonlyMap<string, UpstreamTraffic>>;
  /** Forgets a drained upstream, cutting what it still holds. Idempotent. */
  remove(app: Pick<Route, "app" | "backend">, upstreamId: string): Promise<void>;
}
