import { defineError, ExitCode } from "@hop3/core";

export const recipeNotFound = defineError<{ id: string; nearest: readonly string[] }>({
  code: "RECIPE_NOT_FOUND",
  exitCode: ExitCode.notFound,
  status: 404,
  message: ({ id }) => `the catalogue has no recipe '${id}'`,
  hint: ({ nearest: [near] }) =>
    near === undefined ? "See them: hop3 catalogue list" : `Did you mean ${near}?`,
});

export const recipeAppTaken = defineError<{ app: string; recipe: string }>({
  code: "RECIPE_APP_TAKEN",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ app, recipe }) => `${app} is an app already, and not one made from ${recipe}`,
  hint: ({ app, recipe }) => `Choose another name: hop3 catalogue install ${recipe} --app ${app}-2`,
});

export const catalogueNotConfigured = defineError<Record<string, never>>({
  code: "CATALOGUE_NOT_CONFIGURED",
  exitCode: ExitCode.usage,
  status: 409,
  message: () => "this server knows no address to update its catalogue from",
  hint: () =>
    "Set [catalogue] url and key in server.toml and start the server again; until then it has the catalogue it came with",
});

export const catalogueUnreachable = defineError<{ address: string; reason: string }>({
  code: "CATALOGUE_UNREACHABLE",
  exitCode: ExitCode.unreachable,
  status: 502,
  message: ({ address, reason }) => `${address} cannot be read: ${reason}`,
  hint: () => "The catalogue that was there stays in use; try again later",
});

export const catalogueUntrusted = defineError<{ address: string }>({
  code: "CATALOGUE_UNTRUSTED",
  exitCode: ExitCode.notAllowed,
  status: 403,
  message: ({ address }) =>
    `the signature of ${address} was not made with the key that this server trusts`,
  hint: () =>
    "The catalogue that was there stays in use. Compare [catalogue] key in server.toml with the key of whoever publishes it",
});

export const catalogueOlder = defineError<{ found: number; known: number }>({
  code: "CATALOGUE_OLDER",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ found, known }) =>
    `the catalogue that is offered (serial ${found}) does not follow the one that is here (serial ${known})`,
  hint: () =>
    "The one that is here stays in use. Whoever changes a catalogue gives it a higher serial; one that falls back may be an attack",
});

export const catalogueExpired = defineError<{ address: string; expires: string }>({
  code: "CATALOGUE_EXPIRED",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ address, expires }) => `the index at ${address} counted until ${expires} only`,
  hint: () =>
    "The catalogue that was there stays in use. Its publisher has to sign a newer index; where there is one, somebody passes on an old one, or this machine's clock is wrong",
});

export const catalogueInvalid = defineError<{ place: string; reason: string }>({
  code: "CATALOGUE_INVALID",
  exitCode: ExitCode.failure,
  status: 502,
  message: ({ place, reason }) => `${place} ${reason}`,
  hint: () => "Nothing of it is used. Tell whoever publishes the catalogue",
});
