import type { StringPart } from "../nix/ast.ts";
import { nix } from "./expressions.ts";

interface JavaProgram {
  /** Name of the command, in `$out/bin`. */
  readonly name: string;
  /** Lines of shell before the start. */
  readonly before?: readonly string[];
  /** What to run, where it is not `java` itself; `$out` is filled in by the build. */
  readonly program?: readonly StringPart[];
  /** Options of makeWrapper besides. */
  readonly options?: readonly StringPart[];
  /** Words behind the program, as a shell reads them at run time. */
  readonly words?: readonly StringPart[];
}

/**
 * Java asks neither TMPDIR nor HOME, and before version 18 the locale for the encoding of files. JAVA_OPTS has the last
 * word; no shell splits it.
 */
const javaOptions = [
  "-Dfile.encoding=UTF-8",
  `-Djava.io.tmpdir=\${TMPDIR:-/tmp}`,
  `-Duser.home=\${HOME:-.}`,
  `\${JDK_JAVA_OPTIONS:-}`,
  `\${JAVA_OPTS:-}`,
].join(" ");

/**
 * For a build's own Java. Its fast compiler alone takes half of the processor time for a small app, and as much as both
 * for 24,000 methods (Gradle 4.4, JDK 17).
 */
export const javaBuildFlags = "-Dfile.encoding=UTF-8 -XX:TieredStopAtLevel=1";

const javaProgram: readonly StringPart[] = [nix.ref("java"), "/bin/java"];

/** The call of makeWrapper for a program that `java`, a binding, runs in the data directory. */
export function javaWrapper(wrapped: JavaProgram): readonly StringPart[] {
  const { name, before = [], program = javaProgram, options = [], words = [] } = wrapped;
  const runs = [
    `cd "\${HOP3_DATA_DIR:-.}"`,
    `export JDK_JAVA_OPTIONS="${javaOptions}"`,
    // The names that Spring Boot has for them.
    `export SERVER_PORT="\${SERVER_PORT:-\${PORT:-8080}}" SERVER_ADDRESS="\${SERVER_ADDRESS:-\${BIND_ADDRESS:-127.0.0.1}}"`,
    ...before,
  ].map((line) => ` \\\n  --run '${line}'`);
  const flags = words.length === 0 ? [] : [' \\\n  --add-flags "', ...words, '"'];
  const more = options.length === 0 ? [] : [" \\\n  ", ...options];
  return ["makeWrapper ", ...program, ` $out/bin/${name}`, ...runs, ...more, ...flags, "\n"];
}

/** Lines of shell two columns further in. */
export function indentShell(parts: readonly StringPart[]): readonly StringPart[] {
  let isStart = true;
  return parts.map((part) => {
    if (typeof part !== "string") {
      isStart = false;
      return part;
    }
    const lines = part.replace(isStart ? /^(?=[^\n])/gm : /(?<=\n)(?=[^\n])/g, "  ");
    isStart = part.endsWith("\n");
    return lines;
  });
}
