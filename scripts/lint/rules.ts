import { type Finding, findAll, type Rule, type SourceFile } from "./finding.ts";
import { stageOrder } from "./stage-order.ts";

const isTest = ({ path }: SourceFile): boolean => /\.test\.ts$|\/test\//.test(path);
const isCode = ({ path }: SourceFile): boolean => /\.(ts|mjs|js)$/.test(path);
const isPackageSource = (file: SourceFile): boolean =>
  /^packages\/[a-z]+\/src\/.*\.ts$/.test(file.path) && !isTest(file);

const setsExitCode = /\bprocess\.(exitCode\s*=|exit\()/g;
const mocksModule = /\b(vi|jest)\.(mock|doMock|spyOn)\(/g;
const bareThrow = /\bthrow new Error\(/g;
const ownErrorClass = /\bclass \w+ extends \w*Error\b/g;
const lowerCaseSchema =
  /^(export )?const [a-z]\w* = z\.(strictObject|object|discriminatedUnion|union)\(/gm;
/** A type made from a schema: `type Other = z.infer<typeof Schema>`. */
const inferredType = /\btype (\w+) = z\.infer<typeof (\w+)>;/g;
/** Hosts that serve packages: addresses are the machine's configuration, never ours. */
const packageHost =
  /\b((registry|deb|security|archive|cache|mirrors?|ports|ftp|snapshot)\.[a-z0-9.-]*(debian|ubuntu|nixos|npmjs|yarnpkg|kernel)[a-z0-9-]*\.[a-z]{2,4}|(pypi|rubygems|packagist|proxy\.golang)\.(org|com))\b/g;
/** Pictures in text; arrows, box drawing and the tick and cross of a terminal are not meant. */
const emoji = /[\u{1f300}-\u{1faff}\u{2728}\u{2705}\u{274c}]/gu;

/** Programs end in one place each, so that nothing is cut off and the exit code is decided once. */
const exitAllowed =
  /^(packages\/cli\/(src\/main\.ts|bin\/)|packages\/server\/src\/main\.ts|scripts\/|examples\/)/;

/** The rules that need no knowledge of other files. */
/** What makes failures, and what carries those of the server to the pages that show them. */
const ownErrorAllowed = new Set(["packages/core/src/errors.ts", "packages/web/src/api.ts"]);

export const rules: readonly Rule[] = [
  (file) => (isCode(file) && !isTest(file) && !exitAllowed.test(file.path) ? exitCodes(file) : []),
  (file) =>
    isTest(file)
      ? findAll(file, mocksModule, {
          rule: "no-mocks",
          message: "tests use the real module, or a fake handed in at the edge",
        })
      : [],
  (file) =>
    file.path.startsWith("packages/cli/src/") && !isTest(file)
      ? findAll(file, bareThrow, {
          rule: "typed-failures",
          message: "whatever the command throws, a user reads: make it with defineError",
        })
      : [],
  (file) =>
    isPackageSource(file) && !ownErrorAllowed.has(file.path)
      ? findAll(file, ownErrorClass, {
          rule: "typed-failures",
          message: "failures are made by defineError, not by classes of their own",
        })
      : [],
  (file) => (isPackageSource(file) ? schemaNames(file) : []),
  (file) =>
    findAll(file, packageHost, {
      rule: "no-package-hosts",
      message: "package addresses come from the machine's own configuration",
    }),
  (file) =>
    isTest(file) || file.path.startsWith("examples/")
      ? []
      : findAll(file, emoji, { rule: "no-emoji", message: "words instead of pictures" }),
  stageOrder,
];

function exitCodes(file: SourceFile): Finding[] {
  return findAll(file, setsExitCode, {
    rule: "one-exit",
    message: "only a main.ts decides about the exit code",
  });
}

function schemaNames(file: SourceFile): Finding[] {
  const lower = findAll(file, lowerCaseSchema, {
    rule: "schema-names",
    message: "a schema is capitalised and its type has the same name",
  });
  const renamed = [...file.text.matchAll(inferredType)].flatMap(([text, type, schema]) => {
    if (type === schema || text === undefined) return [];
    return findAll(file, new RegExp(`\\btype ${type} = z\\.infer`, "g"), {
      rule: "schema-names",
      message: `the type of the schema ${schema} is called ${schema}`,
    });
  });
  return [...lower, ...renamed];
}
