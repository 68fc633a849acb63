import type { NixSection } from "../config/nix-section.ts";
import type { TextScope } from "./parse-text.ts";
import type { Text } from "./text.ts";

/** What the start of a program consists of; see `[nix]` in docs/reference/templates.md. */
export interface LauncherRequest {
  readonly app: string;
  readonly section: NixSection;
  /** What starts where the script gets no arguments; empty where others name every command. */
  readonly command: readonly Text[];
  /** The directory to start in. */
  readonly startIn: Text;
  /** True where a command of hop3.toml or Procfile starts in the Release's working directory. */
  readonly othersStayThere: boolean;
  /** Where a text stands, and what it may refer to. */
  scope(path: readonly (string | number)[]): TextScope;
}
