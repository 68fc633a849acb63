import { hostname } from "node:os";
import type { Platform } from "./platform.ts";

/**
 * Whether people may reach the server itself by this name. An app that had it would get the cookies of their sessions: to
 * a browser, two ports of one name are one place.
 */
export function isNameOfServer({ settings }: Pick<Platform, "settings">, domain: string): boolean {
  const { url } = settings.server;
  const names = [hostname().toLowerCase(), "localhost"];
  if (url !== undefined) names.push(new URL(url).hostname);
  return names.includes(domain);
}

/** Whether this is a name that apps have by their own names. */
export function isBelowBase({ address }: Pick<Platform, "address">, domain: string): boolean {
  return domain === address.domain || domain.endsWith(`.${address.domain}`);
}
