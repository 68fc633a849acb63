import { randomBytes, randomUUID } from "node:crypto";
import type { Generated } from "@hop3/core";
import type { Attempt } from "./attempt.ts";
import { configPurpose } from "./process-spec.ts";

/** Letters and digits that are not mistaken for one another. */
const passwordLetters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const defaultLength = 32;

/** Makes the values that `[env]` asks for and that are not stored yet; what is there stays, for good. */
export function keepGenerated(
  { platform, app, note }: Attempt,
  wanted: Readonly<Record<string, Generated>>,
): void {
  const stored = new Set(platform.apps.config(app.id).map((row) => row.key));
  for (const [name, spec] of Object.entries(wanted)) {
    if (stored.has(name)) continue;
    const value = platform.vault.seal(makeValue(spec), configPurpose(app, name));
    platform.apps.setConfig(app.id, name, { value, at: platform.now().toISOString() });
    note("info", `Made a value for ${name}; it is stored and stays`);
  }
}

/** A new value of the wanted kind; the next one is another. */
export function makeValue({
  generate: kind,
  length = defaultLength,
  prefix = "",
}: Generated): string {
  return prefix + generateValue(kind, length);
}

function generateValue(kind: Generated["generate"], length: number): string {
  switch (kind) {
    case "hex":
      return randomBytes(length).toString("hex");
    case "base64":
      return randomBytes(length).toString("base64");
    case "urlsafe":
      return randomBytes(length).toString("base64url");
    case "uuid":
      return randomUUID();
    case "password":
      return generatePassword(length);
  }
}

/** Bytes beyond the last whole multiple are thrown away, so that every letter is equally likely. */
function generatePassword(length: number): string {
  const limit = 256 - (256 % passwordLetters.length);
  let password = "";
  while (password.length < length) {
    for (const byte of randomBytes(length * 2)) {
      if (byte < limit && password.length < length) {
        password += passwordLetters[byte % passwordLetters.length];
      }
    }
  }
  return password;
}
