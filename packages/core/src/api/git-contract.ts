import { z } from "zod";
import { AppName, BranchName } from "../names.ts";

/** Shapes of the API that are about git: where to push, and with which keys. */

const When = z.iso.datetime();

/** Who says which branch is deployed: `hop3 git branch`, hop3.toml, the first push, or nobody. */
export const BranchOrigin = z.enum(["chosen", "hop3.toml", "first-push", "default"]);
export type BranchOrigin = z.infer<typeof BranchOrigin>;

export const GitInfo = z.strictObject({
  app: AppName,
  /** The branch whose commits are deployed. */
  branch: z.string(),
  branchFrom: BranchOrigin,
  /** Whether there is such an app; if not, the first push makes it. */
  exists: z.boolean(),
  /** What the deploy branch points at: the commit of the last push that was deployed. */
  commit: z.string().optional(),
  /** Address of the repository over HTTP. */
  url: z.string(),
  /** Our own SSH server, where it runs: its port, and what its key looks like. */
  ssh: z.strictObject({ port: z.int(), hostKey: z.string() }).optional(),
  /** Whom the system's sshd logs in for git, and the keys that it has to read. */
  sshd: z.strictObject({ user: z.string().optional(), authorizedKeys: z.string() }),
});
export type GitInfo = z.infer<typeof GitInfo>;

/** null: what hop3.toml or the first push says counts again. */
export const GitChange = z.strictObject({ branch: BranchName.nullable() });
export type GitChange = z.infer<typeof GitChange>;

export const SshKeyInfo = z.strictObject({
  fingerprint: z.string(),
  name: z.string(),
  type: z.string(),
  /** Absent: a key of the machine's own, which may everything. */
  user: z.string().optional(),
  createdAt: When,
  lastUsedAt: When.optional(),
});
export type SshKeyInfo = z.infer<typeof SshKeyInfo>;

export const SshKeyRequest = z.strictObject({
  /** The one line of a .pub file. */
  key: z.string().max(20_000),
  name: z.string().max(100).optional(),
  /** Whose it is; without it that of whoever asks. */
  user: z.string().max(64).optional(),
});
export type SshKeyRequest = z.infer<typeof SshKeyRequest>;
