/** Imports a module; fails where it has not come to its end after this time. */
export async function importModule(url: string, timeoutMs: number): Promise<unknown> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const seconds = timeoutMs / 1000;
  const fail = (): void => reject(new Error(`its import has not ended within ${seconds} s`));
  const timer = setTimeout(fail, timeoutMs);
  try {
    const module: { readonly default?: unknown } = await Promise.race([import(url), late]);
    return module.default;
  } finally {
    clearTimeout(timer);
  }
}

/** What an import that failed has to say, with the place where it does. */
export function describeImportFailure(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `it throws ${String(thrown)} at import`;
  const place = /file:\/\/\S+:\d+(?::\d+)?/.exec(thrown.stack ?? "")?.[0];
  const where = place === undefined ? "" : ` (${place.replace("file://", "")})`;
  const [first = ""] = thrown.message.split("\n");
  return thrown.name === "Error" ? `${first}${where}` : `${thrown.name}: ${first}${where}`;
}
