import type { ServerEvent } from "@hop3/core/api";
import { describe, expect, it } from "vitest";
import { staleAfter } from "./events.tsx";

const at = "2026-11-23T12:00:00.000Z";

describe("staleAfter", () => {
  it.each<[Omit<ServerEvent, "id" | "at">, readonly (readonly unknown[])[]]>([
    [{ topic: "server", kind: "server.started" }, [["server"], ["audit"]]],
    [{ topic: "app", kind: "app.changed", app: "shop" }, [["app", "shop"], ["apps"], ["audit"]]],
    [
      { topic: "deployment", kind: "deployment.phase", app: "shop--topic", deployment: 3 },
      [["app", "shop--topic"], ["apps"], ["deployment", 3], ["audit"]],
    ],
    [
      { topic: "app", kind: "app.destroyed", app: "shop--topic" },
      [["app", "shop--topic"], ["apps"], ["app", "shop", "previews"], ["audit"]],
    ],
  ])("%j", (event, keys) => {
    expect(staleAfter({ ...event, id: 1, at })).toEqual(keys);
  });
});
