/** The version of git's protocol that a client asks for: the only variable that a client may set, and only to this. */
export function safeProtocol(value: unknown): Readonly<Record<string, string>> {
  return typeof value === "string" && /^version=[012]$/.test(value) ? { GIT_PROTOCOL: value } : {};
}
