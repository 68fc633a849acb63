import type { ConfigEntry } from "@hop3/core/api";
import { describe, expect, it } from "vitest";
import { makeRows, waitingKeys } from "./draft.ts";

const before = "2026-11-23T12:00:00.000Z";
const after = "2026-11-23T12:30:00.000Z";

function entry(key: string, updatedAt = before): ConfigEntry {
  return { key, updatedAt };
}

describe("makeRows", () => {
  it("shows what is stored and what is about to change in one list, by name", () => {
    const rows = makeRows([entry("KEEP"), entry("GOES"), entry("OTHER")], {
      GOES: null,
      OTHER: "new value",
      ADDED: "",
      NEVER_THERE: null,
    });
    expect(rows.map(({ key, state, value }) => [key, state, value])).toEqual([
      ["ADDED", "new", ""],
      ["GOES", "removed", undefined],
      ["KEEP", "stored", undefined],
      ["OTHER", "changed", "new value"],
    ]);
  });

  it("takes names that objects have of their own for names like others", () => {
    expect(makeRows([entry("constructor")], {})).toMatchObject([{ state: "stored" }]);
    expect(makeRows([], { toString: "text" })).toMatchObject([{ key: "toString", state: "new" }]);
  });
});

describe("waitingKeys", () => {
  const running = { createdAt: "2026-11-23T12:10:00.000Z", configKeys: ["A", "GONE"] };

  it.each<[string, ConfigEntry[], string[]]>([
    ["nothing is newer", [entry("A"), entry("GONE")], []],
    ["changed since", [entry("A", after), entry("GONE")], ["A"]],
    ["stored since", [entry("A"), entry("GONE"), entry("B", after)], ["B"]],
    ["removed since", [entry("A")], ["GONE"]],
  ])("%s", (_, entries, waiting) => {
    expect(waitingKeys(entries, running)).toEqual(waiting);
  });

  it("waits for nothing where nothing runs", () => {
    expect(waitingKeys([entry("A", after)], undefined)).toEqual([]);
  });
});
