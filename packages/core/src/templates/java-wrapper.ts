import type { StringPart } from "../nix/ast.ts";
import { nix } from "./expressions.ts";

interface JavaProgram {
  /** Name of the command, in `$out/bin`. */
  readonly name: string;
  /** Lines of shell before the start. */
  readonly before?: readonly string[];
  /** Words behind `java`, as a shell reads them at run time; `$out` is filled in by the build. */
  readonly words: readonly StringPart[];
}

/**
 * Java asks neither TMPDIR nor HOME, and before version 18 the locale for the encoding of files. JAVA_OPTS has the last
 * word; no shell splits it.
 */
const options = [
  "-Dfile.encoding=UTF-8",
  `-Djava.io.tmpdir=\${TMPDIR:-/tmp}`,
  `-Duser.home=\${HOME:-.}`,
  `\${JDK_JAVA_OPTIONS:-}`,
  `\${JAVA_OPTS:-}`,
].join(" ");

/** The call of makeWrapper for a program that `java`, a binding, runs in the data directory. */
export function javaWrapper({ name, before = [], words }: JavaProgram): readonly StringPart[] {
  const runs = [
    `cd "\${HOP3_DATA_DIR:-.}"`,
    `export JDK_JAVA_OPTIONS="${options}"`,
    // The names that Spring Boot has for them.
    `export SERVER_PORT="\${SERVER_PORT:-\${PORT:-8080}}" SERVER_ADDRESS="\${SERVER_ADDRESS:-\${BIND_ADDRESS:-127.0.0.1}}"`,
    ...before,
  ].map((line) => `  --run '${line}' \\\n`);
  return [
    "makeWrapper ",
    nix.ref("java"),
    `/bin/java $out/bin/${name} \\\n`,
    ...runs,
    '  --add-flags "',
    ...words,
    '"\n',
  ];
}
