import { describe, expect, it } from "vitest";
import { commandsNotRun } from "./not-run.ts";
import { readSteps, unmarkedCommands } from "./page-script.ts";
import { isRun, pages, readPage } from "./reader.ts";

describe("the commands of the documentation", () => {
  it.each(pages)("stand in blocks that are tried: %s", (page) => {
    expect(unmarkedCommands(readPage(page))).toEqual([]);
  });

  it("are left out where a reason is named, and none that is not there", () => {
    const left = pages.flatMap((page) =>
      readSteps(readPage(page)).flatMap((step) =>
        step.kind === "command" && !isRun(page, step) ? [{ page, text: step.text }] : [],
      ),
    );
    const stale = commandsNotRun.filter(
      ({ page, command }) =>
        !left.some((each) => each.page === page && each.text.startsWith(command)),
    );
    expect(stale).toEqual([]);
  });
});
