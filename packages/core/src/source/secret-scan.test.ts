import { describe, expect, it } from "vitest";
import { scanText, sourceSecret } from "./secret-scan.ts";

/** Put together at run time: this file must not look like a secret itself. */
const join = (...parts: readonly string[]) => parts.join("");
const letters = "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zC0fR2uI6oL3aB3dE6gH9jK2mN5pQ8sT1vW4xY7zC0";
const begin = join("-----BEGIN RSA ", "PRIVATE KEY-----");
const aws = join("AK", "IAQ3EGPIWHXA7BD2KM");

const secrets: readonly [kind: string, text: string][] = [
  ["private key", `${begin}\n${letters}\n`],
  ["private key", `key = """${begin}\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES\n\n${letters}`],
  ["private key", `{"private_key": "${begin}\\n${letters}\\n"}`],
  ["PuTTY private key", join("PuTTY-User-", "Key-File-3: ssh-ed25519")],
  ["AWS access key", `id = "${aws}"\naws_secret_access_key = "${letters.slice(0, 40)}"\n`],
  ["GitHub token", join("gh", "p_", letters.slice(0, 36))],
  ["GitHub token", join("github", "_pat_", letters.slice(0, 22), "_", letters.slice(0, 59))],
  ["GitLab token", join("gl", "pat-", letters.slice(0, 20))],
  ["Slack token", join("xo", "xb-123456789012-123456789012-", letters.slice(0, 24))],
  ["Stripe key", join("sk", "_live_", letters.slice(0, 24))],
  ["npm token", join("np", "m_", letters.slice(0, 36))],
  ["Google API key", join("AI", "za", letters.slice(0, 35))],
  [
    "age key",
    join("AGE-SECRET-", "KEY-1", "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L".repeat(2).slice(0, 58)),
  ],
];

const harmless: readonly [why: string, text: string][] = [
  ["code that names the marker", `if (text.startsWith("${begin}")) return true;`],
  ["a marker with an ellipsis", `${begin}\n...\n-----END`],
  ["a public key", `-----BEGIN PUBLIC KEY-----\n${letters}\n`],
  ["an AWS id alone", `id = "${aws}"`],
  ["the AWS id of the manuals", `AKIAIOSFODNN7EXAMPLE\nsecret = "${letters.slice(0, 40)}"`],
  ["a placeholder", join("gh", "p_", "x".repeat(36))],
  [
    "Firebase's public configuration",
    `apiKey: "${join("AI", "za", letters.slice(0, 35))}", authDomain: "x"`,
  ],
  ["a Stripe test key", join("sk", "_test_", letters.slice(0, 24))],
  ["a binary file", `\0${join("gh", "p_", letters.slice(0, 36))}`],
  ["a lock file's integrity", `"integrity": "sha512-${letters}"`],
];

describe("scanText", () => {
  it.each(secrets)("finds a %s", (kind, text) => {
    expect(scanText("a.txt", `one\ntwo\n${text}\n`)).toEqual([{ path: "a.txt", line: 3, kind }]);
  });

  it.each(harmless)("leaves %s alone", (_why, text) => {
    expect(scanText("a.txt", text)).toEqual([]);
  });

  it("finds a real token behind a placeholder", () => {
    const token = (body: string) => join("gh", "p_", body);
    const text = `${token("x".repeat(36))}\n${token(letters.slice(0, 36))}`;
    expect(scanText("a", text)).toMatchObject([{ line: 2 }]);
  });

  it("is linear in a hostile file", () => {
    const start = performance.now();
    scanText("a", `${begin}\n`.repeat(2000) + "a: b\n".repeat(100_000));
    scanText("a", `${begin}${"\n".repeat(900_000)}`);
    // Milliseconds; quadratic would be minutes.
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it("names file, line and kind, never the value", () => {
    const text = join("gh", "p_", letters.slice(0, 36));
    const { failure } = sourceSecret({ findings: scanText("src/api.py", text) });
    expect(failure).toMatchObject({
      code: "SOURCE_SECRET",
      place: { file: "src/api.py", line: 1 },
    });
    expect(JSON.stringify(failure)).not.toContain(letters.slice(0, 12));
    expect(failure.hint).toContain('allow-secrets = ["src/api.py"]');
  });
});
