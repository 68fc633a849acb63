import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { call } from "../test/call.ts";
import { sshArguments } from "./ssh.ts";
import { parseSshAddress } from "./ssh-target.ts";

describe("an ssh:// address", () => {
  it.each([
    ["ssh://example.org", ["--", "example.org", "hop3", "server", "dial"]],
    ["ssh://deploy@example.org", ["-l", "deploy", "--", "example.org", "hop3", "server", "dial"]],
    ["ssh://[::1]:2222", ["-p", "2222", "--", "::1", "hop3", "server", "dial"]],
    [
      "ssh://me@host.example:22/srv/hop3",
      [
        "-l",
        "me",
        "-p",
        "22",
        "--",
        "host.example",
        "hop3",
        "server",
        "dial",
        "--home",
        "/srv/hop3",
      ],
    ],
  ])("%s", (address, expected) => {
    const made = sshArguments(parseSshAddress(address), {});
    expect(made.slice(0, 5)).toEqual([
      ...["-T", "-o", "ClearAllForwardings=yes", "-o", "ServerAliveInterval=15"],
    ]);
    expect(made.slice(5)).toEqual(expected);
  });

  it.each([
    "ssh://-oProxyCommand=touch%20x",
    "ssh://-oProxyCommand=touch/x",
    "ssh://-l@host",
    "ssh://a%20b@host",
    "ssh://-oProxyCommand=x@host",
    "ssh://me:secret@host",
    "ssh://host/srv/$(id)",
    "ssh://host/srv;id",
    "ssh://host/a%20b",
    "ssh://host?x=1",
    "ssh://host#x",
    "ssh://",
    "ssh:host",
    "ssh://ho_st;x",
    "ssh://host:99999",
  ])("%s is refused", async (address) => {
    const { stderr, exitCode } = await call(["apps"], { env: { HOP3_SERVER: address } });
    expect(stderr).toContain("error SERVER_ADDRESS_INVALID");
    expect(exitCode).toBe(2);
  });

  it("never becomes an option, or more than one word of the command", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (user, host, path) => {
        let made: string[];
        try {
          made = sshArguments(parseSshAddress(`ssh://${user}@${host}/${path}`), {});
        } catch (error) {
          expect(error).toMatchObject({ failure: { code: "SERVER_ADDRESS_INVALID" } });
          return;
        }
        const [name = "", ...command] = made.slice(made.indexOf("--") + 1);
        expect(name.startsWith("-")).toBe(false);
        expect(command.join(" ")).toMatch(/^hop3 server dial( --home [A-Za-z0-9._/+@-]+)?$/);
      }),
    );
  });
});
