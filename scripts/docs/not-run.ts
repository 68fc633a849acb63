/** Why a command of the documentation is not executed by its test. */
const reasons = {
  whole: "is everything there is, this test too: a step of .ci/run, as another test proves",
  packed:
    "is what npm run pack-test does, a step of .ci/run, with the registry that the packages need",
  machine: "wants systemd: unit.real.test.ts executes it in a machine that has it",
  continuous: "is what runs all the others",
  measures: "wants the machine to itself for the better part of an hour; its names are compared",
  changes: "changes the checkout that it is run in",
} as const;

export interface NotRun {
  readonly page: string;
  /** The beginning of the command. */
  readonly command: string;
  readonly reason: keyof typeof reasons;
}

function notRun(
  page: string,
  reason: keyof typeof reasons,
  ...commands: readonly string[]
): readonly NotRun[] {
  return commands.map((command) => ({ page, command, reason }));
}

/** Every command of the documentation that is not executed by its test. All others are. */
export const commandsNotRun: readonly NotRun[] = [
  ...notRun("../README.md", "whole", "npm run demo ", "npm test "),
  ...notRun("../CONTRIBUTING.md", "whole", "npm run demo -- --once", "npm test  "),
  ...notRun("../CONTRIBUTING.md", "whole", "npm run check", "npm run pack-test"),
  ...notRun("../CONTRIBUTING.md", "continuous", ".ci/run"),
  ...notRun("../CONTRIBUTING.md", "measures", "npm run bench"),
  ...notRun("../CONTRIBUTING.md", "changes", "npm run check -- --write"),
  ...notRun("guides/server.md", "packed", "npm run build -- packed", "npm install --global packed"),
  ...notRun("guides/server.md", "machine", "systemctl enable --now hop3", "journalctl --unit hop3"),
  ...notRun("benchmarks.md", "measures", "npm run bench"),
];
