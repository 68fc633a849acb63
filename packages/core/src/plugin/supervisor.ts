/** One Process to run, complete: the supervisor decides nothing about it. */
export interface ProcessSpec {
  /** `<app>.<release>.<worker>.<instance>` plus the attempt: unique among all Processes ever started. */
  readonly id: string;
  /** Directory for the service directory's files and the rotated log; kept after the Process is gone. */
  readonly serviceDir: string;
  readonly argv: readonly [string, ...string[]];
  /** The whole environment. Plain secrets: may be written below the runtime directory only. */
  readonly env: Readonly<Record<string, string>>;
  readonly workingDir: string;
  /** undefined: run as the user of the server (it is not root). */
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
  readonly stopSignal: string;
  readonly stopTimeoutMs: number;
  /** False for a Process that shall stay down once it has ended. */
  readonly restart: boolean;
}

/** What a supervisor says of a Process. */
export type ProcessState = "up" | "backing-off" | "stopped" | "missing";

/** Read from the supervisor at the time of the call, never remembered. */
export interface ProcessStatus {
  readonly id: string;
  readonly state: ProcessState;
  readonly pid: number | undefined;
  /** Seconds in this state. */
  readonly sinceSeconds: number;
  /** How often it has died since it was started (the supervisor keeps the last 100). */
  readonly deaths: number;
  readonly lastExit:
    | { readonly code: number | undefined; readonly signal: string | undefined }
    | undefined;
}

/** Starts, watches and stops Processes, and outlives the control plane. */
export interface Supervisor {
  readonly name: string;
  /** Makes sure that the supervisor tree itself runs; it outlives this program. */
  ensureRunning(): Promise<void>;
  /** Declares and starts; returns when the supervisor has taken it over, not when it is healthy. */
  start(spec: ProcessSpec): Promise<void>;
  /** Stop signal, then after its time-out the kill of the whole process group. Returns when it is gone. Idempotent. */
  stop(id: string): Promise<void>;
  /** Stop signal to the running instance; the supervisor starts it again. */
  restart(id: string): Promise<void>;
  /** Every Process it knows, whoever started it. */
  status(): Promise<readonly ProcessStatus[]>;
  statusOf(id: string): Promise<ProcessStatus>;
  /** Stops every Process, the router and the tree itself. */
  shutdown(): Promise<void>;
}
