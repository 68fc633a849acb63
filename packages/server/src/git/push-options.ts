import { pushOptionUnknown } from "./git-errors.ts";

/** What `git push -o` can ask for. Anything else is refused by name: an option is no way to set a variable. */
export interface PushOptions {
  /** A new Release even where nothing has changed. */
  readonly force: boolean;
  /** Pointers of Git LFS are what the app wants. */
  readonly allowLfsPointers: boolean;
}

const known = ["force", "lfs-pointers"];

export function parsePushOptions(options: readonly string[]): PushOptions {
  const unknown = options.find((option) => !known.includes(option));
  if (unknown !== undefined) throw pushOptionUnknown({ option: unknown.slice(0, 100) });
  return { force: options.includes("force"), allowLfsPointers: options.includes("lfs-pointers") };
}
