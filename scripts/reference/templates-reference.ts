import { commonKeys, NixSection, type Template, templates } from "../../packages/core/src/index.ts";

/** docs/reference/templates.md, from the templates themselves. */
export function makeTemplatesReference(): string {
  const rows = templates.map(
    ({ id, tier, title }) => `| [\`${id}\`](#${id}) | ${tier} | ${title} |`,
  );
  return `# Templates

A template writes the \`hop3.nix\` of an app that has none. \`[nix] template\` in \`hop3.toml\` names one; without
it, the files of the app decide where they leave no doubt. \`hop3 nix plan\` prints what is written,
\`hop3 nix eject\` makes it a file of the project.

The tier says where the running bytes come from: \`nixpkgs\` (built by the package set), \`source\` (built here, against
dependencies pinned by hash) or \`prebuilt\` (built by others, fetched by hash).

| template | tier | what it is for |
| --- | --- | --- |
${rows.join("\n")}

## Keys of every template

${keyTable(commonKeys, [])}

Texts may refer to \`\${NAME}\`, \`\${NAME:-default}\` and \`\${NAME:?message}\` (names in capitals: variables of the process),
to \`\${version}\`, and to what the template defines: \`\${pkg}\` is its package, \`APPDIR\` the directory of the app's files,
\`SHAREDIR\` the package's \`share\` directory. Nothing else in them is expanded; a command such as \`$(…)\` is refused.
\`$(head -c N /dev/urandom | base64)\` is the exception: such a value is made once, by the server, and kept encrypted.

Where a recipe sets variables, files or commands, everything starts through one script: the template's own program,
workers of \`[run]\` and \`Procfile\`, commands of \`before-run\`, and \`hop3 run\`. Programs without a tree of their own
start in the data directory; commands of an app whose files are in the store start where these are. Commands of
\`pre-exec\` are run by a shell in the data directory, one process at a time, before each worker and release step.
Configuration files are written there at each start, beside their place first, readable by the app alone; one with
\`create-if-missing\` is left alone once it exists, and one with the port in it is that of \`web\`.

A server that speaks no HTTP needs \`[healthcheck] protocol = "tcp"\`, and \`[deploy] strategy = "stop-first"\` where two
cannot run side by side: PostgreSQL on one data directory, or anything on a port of its own.

Packages of the \`debian\` set keep Debian's ideas of where things are: give a server its directories by options or a
file of its own, as nginx, MariaDB and PostgreSQL take them. Programs that read nothing but \`/etc\` and \`/var\`, such as
Postfix and Dovecot, do not fit.

What others built (\`prebuilt-binary\`, \`prebuilt-archive\`, \`node-prebuilt\`) loads zlib, OpenSSL, the C and the C++ library
of the package set; packages with further libraries are named in \`nixpkgs-packages\`. Static programs stay as they are.

\`nixpkgs-rev\` and \`nixpkgs-sha256\` choose the package set of this app alone: that revision, or the deploy fails. They
hold beside an own \`hop3.nix\` too.

${templates.map(section).join("\n")}`;
}

function section({ id, title, description, tier, keys, required }: Template): string {
  const table = keys.length === 0 ? "No keys of its own." : keyTable(keys, required);
  return `## ${id}

${title} (${tier}). ${description}

${table}
`;
}

function keyTable(keys: readonly (keyof NixSection)[], required: readonly string[]): string {
  const rows = keys.map((key) => {
    const meaning = NixSection.shape[key].meta()?.description ?? "";
    return `| \`${key}\` | ${meaning}${required.includes(key) ? " (required)" : ""} |`;
  });
  return `| key | meaning |\n| --- | --- |\n${rows.join("\n")}`;
}
