import { describe, expect, it } from "vitest";
import { Hop3Error } from "../errors.ts";
import { parseProcfile } from "./procfile.ts";

describe("parseProcfile", () => {
  it("reads workers, release, static and cron lines", () => {
    const text = `# a comment
web: gunicorn app:app --bind unix:$HOP3_SOCKET
  mail-queue:   python -c 'print(1)'

release: ./migrate
release: ./warm-up
cron: */5 0-6 * * mon,fri ./clean --all
cron: @daily ./report
static: public
`;
    expect(parseProcfile(text)).toEqual({
      workers: {
        web: { command: "gunicorn app:app --bind unix:$HOP3_SOCKET" },
        "mail-queue": { command: "python -c 'print(1)'" },
        cron: { command: "./clean --all", kind: "cron", schedule: "*/5 0-6 * * mon,fri" },
        "cron-2": { command: "./report", kind: "cron", schedule: "@daily" },
      },
      release: ["./migrate", "./warm-up"],
      static: "public",
    });
  });

  it.each([
    ["just words", "Procfile:1 expected NAME: COMMAND"],
    ["web:", "Procfile:1 web has no command"],
    ["1web: x", "Procfile:1 '1web' cannot be the name of a worker"],
    ["web: a\r\nweb: b", "Procfile:2 web is there twice"],
    ["cron: * * * ./x", "Procfile:1 cron needs five fields and a command"],
    ["cron: * * * * *", "Procfile:1 cron needs five fields and a command"],
  ])("refuses %j", (text, line) => {
    let detail = "";
    try {
      parseProcfile(text);
    } catch (error) {
      if (error instanceof Hop3Error) detail = error.failure.detail ?? "";
    }
    expect(detail).toContain(line);
  });

  it("reports every error at once", () => {
    expect(() => parseProcfile("a\nb\n")).toThrow("Procfile:1");
  });
});
