import type { Outcome, Rule } from "./outcome.ts";

const noGlobal =
  "a program from a language's registry has no package here; add it to the app's own dependencies";

function packagesFrom(pattern: RegExp, from: string, withValue: readonly string[] = []): Rule {
  return {
    pattern,
    outcome: (words) => {
      const verb = words.findIndex((word) => /^(?:install|add|in|-S\w*)$/.test(word));
      const names = plainArguments(words.slice(verb + 1), withValue);
      return { kind: "packages", names: names.map(bareName), from };
    },
  };
}

function language(pattern: RegExp, runtime: string): Rule {
  return { pattern, outcome: () => ({ kind: "runtime", runtime }) };
}

function buildStep(pattern: RegExp, runtime: string): Rule {
  return { pattern, outcome: () => ({ kind: "build", runtime }) };
}

/** Arguments that are no options; options in `withValue` take the argument after them. */
function plainArguments(words: readonly string[], withValue: readonly string[]): string[] {
  return words.filter(
    (word, index) => !word.startsWith("-") && !withValue.includes(words[index - 1] ?? ""),
  );
}

/** `curl=7.88.1-10` and `curl:amd64` are curl; the package set decides the version. */
function bareName(name: string): string {
  return name.replace(/(?:[=<>~@:]).*$/, "");
}

const pipTools: ReadonlySet<string> = new Set([
  "pip",
  "setuptools",
  "wheel",
  "uv",
  "poetry",
  "pipenv",
]);
const nodeTools: ReadonlySet<string> = new Set(["npm", "pnpm", "yarn", "corepack", "bun"]);

function pipInstall(words: readonly string[]): Outcome {
  const given = words.slice(words.indexOf("install") + 1);
  const takesValue = [
    "-r",
    "--requirement",
    "-c",
    "--constraint",
    "-i",
    "--index-url",
    "-e",
    "-f",
    "-t",
    "--trusted-host",
    "--extra-index-url",
    "--find-links",
    "--target",
    "--prefix",
    "--root",
    "--timeout",
    "--retries",
  ];
  const files = given.flatMap((word, index) => {
    const inline = /^(?:--requirement=|-r)(.+)$/.exec(word)?.[1];
    return inline ?? (["-r", "--requirement"].includes(given[index - 1] ?? "") ? word : []);
  });
  const names = plainArguments(given, takesValue).filter((name) => !/^[./]|^\$/.test(name));
  const packages = names.filter((name) => !pipTools.has(bareName(name)));
  const isToolsOnly = names.length > 0 && packages.length === 0 && files.length === 0;
  if (isToolsOnly) return { kind: "noise" };
  const [requirements] = files;
  return {
    kind: "runtime",
    runtime: "python",
    inputs: {
      ...(requirements === undefined ? {} : { "pip-requirements": baseName(requirements) }),
      ...(packages.length === 0 ? {} : { "pip-packages": packages }),
    },
  };
}

function baseName(path: string): string {
  return path.startsWith("/") ? path.slice(path.lastIndexOf("/") + 1) : path.replace(/^\.\//, "");
}

function nodeInstall(words: readonly string[]): Outcome {
  const verb = words.findIndex((word) => /^(?:ci|i|install|add)$/.test(word));
  const names = verb === -1 ? [] : plainArguments(words.slice(verb + 1), ["--prefix", "-C"]);
  const foreign = names.filter((name) => !nodeTools.has(name.replace(/@[^/]*$/, "")));
  if (foreign.length > 0) return { kind: "refused", reason: noGlobal };
  return names.length > 0 ? { kind: "noise" } : { kind: "runtime", runtime: "node" };
}

function phpExtensions(words: readonly string[]): Outcome {
  const extensions = plainArguments(words.slice(words[0] === "pecl" ? 2 : 1), []).map((name) =>
    name.replace(/^-j.*/, "").replace(/-\d.*$/, ""),
  );
  return { kind: "runtime", runtime: "php", inputs: { "php-extensions": extensions } };
}

/** The packages that are built, and the flags of the linker. */
function goBuild(words: readonly string[]): Outcome {
  const packages = words.filter((word) => /^\.\/[\w./-]*\w$/.test(word));
  const at = words.findIndex((word) => /^--?ldflags(?:=|$)/.test(word));
  const flags = words[at]?.includes("=") ? words[at]?.replace(/^[^=]*=/, "") : words[at + 1];
  const isOutput = (word: string) => words[words.indexOf(word) - 1] === "-o";
  const subPackages = packages.filter((word) => !isOutput(word)).map((word) => word.slice(2));
  return {
    kind: "runtime",
    runtime: "go",
    inputs: {
      ...(subPackages.length === 0 ? {} : { "go-sub-packages": subPackages }),
      ...(at === -1 || !flags?.trim() ? {} : { "go-ldflags": flags.trim().split(/\s+/) }),
    },
  };
}

/** Package managers of distributions and languages. */
export const installRules: readonly Rule[] = [
  {
    pattern:
      /^(?:apt-get|apt|aptitude) (?:-\S+ )*(?:update|upgrade|dist-upgrade|clean|autoclean|autoremove|purge|remove)\b/,
    outcome: () => ({ kind: "noise" }),
  },
  packagesFrom(/^(?:apt-get|apt|aptitude)\b.* install\b/, "Debian", ["-t", "-o"]),
  {
    pattern:
      /^(?:apk (?:update|upgrade|del|cache)|(?:yum|dnf|microdnf|zypper) (?:-\S+ )*(?:update|upgrade|clean|makecache|refresh))\b/,
    outcome: () => ({ kind: "noise" }),
  },
  packagesFrom(/^apk\b.* ?add\b/, "Alpine", ["--virtual", "-t", "--repository", "-X"]),
  packagesFrom(/^(?:yum|dnf|microdnf|zypper|tdnf)\b.* install\b/, "Red Hat or SUSE"),
  packagesFrom(/^pacman -S/, "Arch Linux"),
  { pattern: /^(?:pip3?|python3? -m pip|uv pip)\b.* install\b/, outcome: pipInstall },
  { pattern: /^(?:pip3?|uv pip) install\b/, outcome: pipInstall },
  language(
    /^(?:poetry (?:install|config|export)|uv (?:sync|venv|lock)|pdm (?:install|sync)|pipenv (?:install|sync)|python3? -m venv)\b/,
    "python",
  ),
  { pattern: /^npm (?:\S+ )*(?:ci|i|install)\b/, outcome: nodeInstall },
  { pattern: /^(?:yarn global add|pnpm add|yarn add|bun add)\b/, outcome: nodeInstall },
  language(
    /^(?:yarn(?: install\b.*| --\S+.*)?|pnpm (?:i|install|fetch)\b.*|bun install\b.*|corepack\b.*|npm (?:cache|prune|config|set)\b.*|yarn cache\b.*|pnpm (?:prune|config|store)\b.*)$/,
    "node",
  ),
  buildStep(/^(?:npm|yarn|pnpm|bun)\b/, "node"),
  language(
    /^(?:bundle (?:install|config|update)|bundle --\S+|gem (?:update|install bundler))\b/,
    "ruby",
  ),
  { pattern: /^gem install\b/, outcome: () => ({ kind: "refused", reason: noGlobal }) },
  buildStep(/^(?:bundle exec|rails|rake|bin\/rails|\.\/bin\/rails)\b/, "ruby"),
  language(/^composer (?:install|dump-autoload|update|clear-cache)\b/, "php"),
  { pattern: /^(?:docker-php-ext-(?:install|enable)|pecl install)\b/, outcome: phpExtensions },
  language(/^docker-php-ext-configure\b/, "php"),
  { pattern: /^go (?:build|install) /, outcome: goBuild },
  language(/^go (?:build|install|mod|get|vet|generate)\b/, "go"),
  language(/^cargo (?:build|fetch|install|chef|update)\b/, "rust"),
  language(/^(?:mvn|\.\/mvnw)\b/, "java"),
  language(/^(?:gradle|\.\/gradlew)\b/, "gradle"),
];
