import { safeLine } from "@hop3/core";
import { notGitCommand } from "./git-errors.ts";
import type { GitService } from "./sessions.ts";

/** `git-receive-pack '/shop.git'`, as git asks for it. Nothing of it is ever given to a shell. */
const pattern =
  /^git[- ](receive-pack|upload-pack) (?:'\/?([^'/]*?)(?:\.git)?\/?'|\/?([^'/\s]*?)(?:\.git)?\/?)$/;

/** What a client of SSH wants; anything but git's own two commands is refused. */
export function parseSshCommand(command: string): { service: GitService; name: string } {
  const [, service, quoted, plain] = pattern.exec(command) ?? [];
  const name = quoted ?? plain;
  if (service === undefined || name === undefined) {
    throw notGitCommand({ command: safeLine(command.slice(0, 100)) });
  }
  return { service: service as GitService, name };
}
