import { defineError, ExitCode, type Problem } from "@hop3/core";
import { toHop3Error } from "../deploy/errors.ts";

export const requestInvalid = defineError<{ reason: string }>({
  code: "REQUEST_INVALID",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ reason }) => reason,
  hint: () => "The API is described at /api/v1/openapi.json",
});

export const bodyTooLarge = defineError<{ limit: number }>({
  code: "BODY_TOO_LARGE",
  exitCode: ExitCode.usage,
  status: 413,
  message: ({ limit }) => `the request has more than ${limit} bytes, and nobody needs so many here`,
  hint: () => "Send less at a time; files go through an upload: hop3 deploy",
});

export const noSuchRoute = defineError<{ method: string; path: string }>({
  code: "ROUTE_NOT_FOUND",
  exitCode: ExitCode.notFound,
  status: 404,
  message: ({ method, path }) => `the API has no ${method} ${path}`,
  hint: () => "The API is described at /api/v1/openapi.json",
});

export const routeUndeclared = defineError<{ method: string; path: string }>({
  code: "ROUTE_UNDECLARED",
  exitCode: ExitCode.failure,
  status: 500,
  message: ({ method, path }) => `${method} ${path} does not say which permission it needs`,
  hint: () => "This is a bug in Hop3 or in a plug-in: nobody may use the route until it is mended",
});

export const deploymentNotFound = defineError<{ id: string }>({
  code: "DEPLOYMENT_NOT_FOUND",
  exitCode: ExitCode.notFound,
  status: 404,
  message: ({ id }) => `there is no deployment ${id}`,
  hint: () => "Those of an app: hop3 info APP",
});

/** The failure as RFC 9457 problem details. */
export function toProblem(error: unknown): Problem {
  const { failure } = toHop3Error(error);
  return {
    type: `about:blank#${failure.code}`,
    title: failure.message,
    status: failure.status,
    code: failure.code,
    exitCode: failure.exitCode,
    ...(failure.hint === undefined ? {} : { hint: failure.hint }),
    ...(failure.place === undefined ? {} : { place: { ...failure.place } }),
    ...(failure.detail === undefined ? {} : { evidence: failure.detail }),
  };
}
