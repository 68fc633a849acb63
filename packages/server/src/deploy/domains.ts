import { DomainName, defineError, ExitCode } from "@hop3/core";
import type { App } from "../db/apps.ts";
import { isBelowBase, isNameOfServer } from "./own-names.ts";
import type { Platform } from "./platform.ts";
import { builtInDomain } from "./routes.ts";

export const domainInvalid = defineError<{ domain: string }>({
  code: "DOMAIN_INVALID",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ domain }) => `'${domain}' is not a host name`,
  hint: () => "Write it in lower case without scheme, port or path, for example www.example.org",
});

export const domainTaken = defineError<{ domain: string; app: string }>({
  code: "DOMAIN_TAKEN",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ domain, app }) => `${domain} already belongs to '${app}'`,
  hint: ({ domain, app }) => `Take it away there first: hop3 domains remove ${domain} --app ${app}`,
});

export const domainReserved = defineError<{ domain: string; base: string }>({
  code: "DOMAIN_RESERVED",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ domain, base }) => `${domain} lies below ${base}, where every app has its own name`,
  hint: ({ domain, base }) =>
    `Name the app so (hop3 deploy --app ${domain.slice(0, -base.length - 1)}), or choose a name elsewhere`,
});

export const domainOfServer = defineError<{ domain: string }>({
  code: "DOMAIN_OF_SERVER",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ domain }) => `${domain} is a name of the server itself`,
  hint: () => "Choose another name: an app of this one would get the cookies of the server's users",
});

export const domainNotFound = defineError<{ domain: string; app: string }>({
  code: "DOMAIN_NOT_FOUND",
  exitCode: ExitCode.notFound,
  status: 404,
  message: ({ domain, app }) => `'${app}' has no domain ${domain}`,
  hint: ({ app }) => `Those it has: hop3 domains list --app ${app}`,
});

export const domainBuiltIn = defineError<{ domain: string }>({
  code: "DOMAIN_BUILT_IN",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ domain }) => `${domain} is the app's own name and stays`,
  hint: () => "It goes when the app is destroyed",
});

/** Fails unless this App may have this domain: well formed, not reserved, nobody else's. */
export function requireFreeDomain(platform: Platform, app: App, domain: string): void {
  if (!DomainName.safeParse(domain).success) throw domainInvalid({ domain });
  if (isNameOfServer(platform, domain)) throw domainOfServer({ domain });
  if (domain === builtInDomain(platform, app.name)) return;
  const id = platform.apps.ownerOf(domain);
  if (id === app.id) return;
  const owner = id === undefined ? undefined : platform.apps.findById(id);
  if (owner !== undefined) throw domainTaken({ domain, app: owner.name });
  if (isBelowBase(platform, domain)) {
    throw domainReserved({ domain, base: platform.address.domain });
  }
}

/** Fails where an App of this name would be reached by a name of the server. */
export function requireFreeName(platform: Platform, app: string): void {
  const domain = builtInDomain(platform, app);
  if (isNameOfServer(platform, domain)) throw domainOfServer({ domain });
}

/** Gives the domain to the App; one that it has stays. */
export function claimDomain(platform: Platform, app: App, domain: string): void {
  requireFreeDomain(platform, app, domain);
  const isOwn = domain === builtInDomain(platform, app.name);
  if (isOwn || platform.apps.ownerOf(domain) === app.id) return;
  platform.apps.addDomain(app.id, domain, platform.now().toISOString());
}
