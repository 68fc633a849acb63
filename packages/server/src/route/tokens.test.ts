import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseMap, parseServers, parseSessions, parseTraffic } from "./haproxy-admin.ts";
import { backendName, hostName, serverName, socketPath, tcpAddress } from "./tokens.ts";

/** What separates words or commands, opens a quote or an expression, or starts a comment, in either language. */
const special = /[\s;,"'\\$%#{}()<>\p{Cc}]/u;

describe("words for haproxy", () => {
  const makers: readonly { name: string; make: (text: string) => string }[] = [
    { name: "serverName", make: serverName },
    { name: "hostName", make: hostName },
    { name: "socketPath", make: (text) => socketPath(`/${text}`) },
    { name: "tcpAddress", make: (text) => tcpAddress(text, 80) },
  ];

  it.each(makers)("$name: any text is refused or one plain word", ({ make }) => {
    const unit = fc.constantFrom(
      "a",
      "B",
      "1",
      ".",
      "-",
      "_",
      "/",
      " ",
      ";",
      "\n",
      "\r",
      "\0",
      "\\",
      '"',
      "$",
      "%",
      "#",
      ":",
      "é",
      "\u2028",
    );
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit, maxLength: 12 }), fc.string({ unit: "binary" })),
        (text) => {
          let word: string;
          try {
            word = make(text);
          } catch {
            return;
          }
          expect(word).not.toMatch(special);
          expect(word).not.toBe("");
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("takes what real ids, domains and paths look like", () => {
    expect(serverName("a12.r3.web.0.d44")).toBe("a12.r3.web.0.d44");
    expect(hostName("my-app.localhost")).toBe("my-app.localhost");
    expect(socketPath("/dev/shm/hop3-00ff00ff/sock/a1/http.sock")).toContain("/http.sock");
    expect([tcpAddress("127.0.0.1", 80), tcpAddress("::1", 80)]).toEqual([
      "127.0.0.1:80",
      "[::1]:80",
    ]);
    expect(backendName(511)).toBe("b511");
  });

  it("refuses a home whose path cannot be written", () => {
    expect(() => socketPath("/home/a b/x.sock")).toThrow(
      expect.objectContaining({ code: "ROUTER_UNSAFE_PATH" }),
    );
    expect(() => socketPath(`/${"x".repeat(120)}`)).toThrow(
      expect.objectContaining({ code: "ROUTER_UNSAFE_PATH" }),
    );
  });
});

describe("what haproxy says", () => {
  it("is read by the names of its columns", () => {
    const servers =
      "1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight\n4 b0 1 x - 2 0 28\n4 b0 2 y - 2 8 256\n5 b1 1 z - 0 1 1\n";
    expect(parseServers(servers)).toEqual([
      { backend: "b0", name: "x", state: "ready", weight: 28 },
      { backend: "b0", name: "y", state: "drain", weight: 256 },
      { backend: "b1", name: "z", state: "maint", weight: 1 },
    ]);
    expect([...parseMap("0x55 a.localhost b1\n0x66 b.localhost b2\n")]).toEqual([
      ["a.localhost", "b1"],
      ["b.localhost", "b2"],
    ]);
    const csv = "# pxname,svname,qcur,qmax,scur,smax\nb0,x,1,0,2,3\n";
    expect([parseSessions(csv, "x"), parseSessions(csv, "y")]).toEqual([3, undefined]);
    const stat =
      "# pxname,svname,stot,econ,eresp,wretr,wredis,hrsp_5xx\nb0,x,100,1,2,3,4,5\nb0,y,7,,,,,\n";
    expect([...parseTraffic(stat)]).toEqual([
      ["x", { requests: 100, failed: 15 }],
      ["y", { requests: 7, failed: 0 }],
    ]);
  });
});
