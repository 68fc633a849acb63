/** One COPY: what of the app, or of another stage, stands where in the image. */
export interface Copied {
  /** Path in the Source, or in the stage. */
  readonly source: string;
  /** Absolute path in the image. */
  readonly target: string;
  /** Number of the stage that it comes from. */
  readonly stage: number | undefined;
}

/** Absolute and without `.` and `..`. */
export function absolutePath(path: string, workdir: string): string {
  const parts: string[] = [];
  const whole = path.startsWith("/") ? path : `${workdir}/${path}`;
  for (const part of whole.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** Where COPY puts each of its sources. */
export function copyTargets(sources: readonly string[], target: string): readonly string[] {
  const isDirectory = sources.length > 1 || target.endsWith("/");
  const base = target.replace(/\/+$/, "");
  return sources.map((source) => {
    const isTree = isContext(source) || source.endsWith("/");
    const name = source.replace(/\/+$/, "").split("/").at(-1) ?? "";
    // A directory gives its content; a name with a dot is most likely a file.
    const isFile = !isTree && fileName.test(name);
    return isDirectory && isFile ? `${base}/${name}` : base || "/";
  });
}

/** Files without a dot in their names that programs give to projects, globs, and names such as Gemfile. */
const fileName = /[.*]|^[A-Z]|^(?:gradlew|mvnw|artisan)$/;

export function isContext(source: string): boolean {
  return /^\.?\/?$/.test(source);
}

/** The path in the Source, or in a stage, behind an absolute path of the image. */
export function findOrigin(
  path: string,
  copies: readonly Copied[],
): { readonly path: string; readonly stage: number | undefined } | undefined {
  const fitting = copies
    .filter(({ target }) => path === target || path.startsWith(target === "/" ? "/" : `${target}/`))
    .sort((a, b) => b.target.length - a.target.length);
  const [copied] = fitting;
  if (copied === undefined) return undefined;
  const inside = path.slice(copied.target === "/" ? 1 : copied.target.length + 1);
  const source = copied.source.replace(/^\.?\/+/, "").replace(/^\.$|\/+$/g, "");
  const joined = [source, inside].filter((part) => part !== "").join("/");
  return { path: joined === "" ? "." : joined, stage: copied.stage };
}
