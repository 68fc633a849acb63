import type { RegistryAddress } from "./address.ts";

export interface AskOptions {
  readonly method?: string;
  readonly accept?: string;
  /** Whether 404 is an answer. */
  readonly mayBeMissing?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

const maxRedirects = 8;

/**
 * Asks a registry, with its credentials as long as it is the registry's own origin: where it sends
 * us elsewhere, as most do for large files, they stay here.
 */
export async function ask(
  registry: RegistryAddress,
  address: string,
  options: AskOptions = {},
): Promise<Response> {
  const { origin } = new URL(registry.url);
  let url = new URL(address);
  for (let redirects = 0; redirects <= maxRedirects; redirects++) {
    const isOwn = url.origin === origin;
    const response = await fetch(url, {
      method: options.method ?? "GET",
      redirect: "manual",
      signal: options.signal ?? null,
      headers: {
        "accept-encoding": "identity",
        ...(options.accept === undefined ? {} : { accept: options.accept }),
        ...(isOwn && registry.authorization !== undefined
          ? { authorization: registry.authorization }
          : {}),
      },
    });
    const location = response.headers.get("location");
    if (response.status < 300 || response.status >= 400 || location === null) return response;
    await response.body?.cancel();
    url = new URL(location, url);
  }
  throw new Error(`${address} leads to another address more than ${maxRedirects} times`);
}
