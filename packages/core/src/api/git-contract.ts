import { z } from "zod";
import { AppName } from "../names.ts";

/** Shapes of the API that are about git: where to push, and with which keys. */

const When = z.iso.datetime();

/** A branch as git allows it, short of what no sane branch is called. */
export const BranchName = z
  .string()
  .regex(
    /^(?!.*(?:\.\.|\/\/|@\{|\.lock(?:\/|$)|\/\.|\.$))[A-Za-z0-9_][A-Za-z0-9_./@+#-]{0,199}(?<!\/)$/,
    "is not the name of a branch",
  );
export type BranchName = z.infer<typeof BranchName>;

export const GitInfo = z.strictObject({
  app: AppName,
  /** The branch whose commits are deployed. */
  branch: z.string(),
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

export const GitChange = z.strictObject({ branch: BranchName });
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
