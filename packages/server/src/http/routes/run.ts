import { createRoute } from "@hono/zod-openapi";
import { type RunFrame, RunRequestBody } from "@hop3/core";
import { stream } from "hono/streaming";
import { asUser } from "../../deploy/as-user.ts";
import { currentRelease } from "../../deploy/current-release.ts";
import { commandArgv } from "../../deploy/environment.ts";
import { appNotDeployed } from "../../deploy/errors.ts";
import {
  isContained,
  processUser,
  releaseEnvironment,
  startDirectory,
} from "../../deploy/process-spec.ts";
import { requireReadable } from "../../deploy/readable.ts";
import { run } from "../../proc/run.ts";
import { changes, describeChange } from "../access.ts";
import { AppParams, jsonBody, makeRoutes, problems } from "../openapi.ts";
import type { Service } from "../service.ts";

const runCommand = createRoute({
  ...changes("app.run", "app.run"),
  method: "post",
  path: "/apps/{app}/run",
  description: "Runs a command in the exact environment of the current Release.",
  request: { params: AppParams, body: jsonBody(RunRequestBody) },
  responses: {
    200: { description: "application/x-ndjson: one RunFrame a line" },
    ...problems,
  },
});

export function runRoutes({ platform, deployer }: Service) {
  return makeRoutes().openapi(runCommand, (c) => {
    const app = deployer.requireApp(c.req.valid("param").app);
    const release = currentRelease(platform, app.id);
    if (release !== undefined) requireReadable(app, release);
    if (release?.artifact === undefined) throw appNotDeployed({ app: app.name });
    const { runtime } = release.artifact;
    const { command, stdin } = c.req.valid("json");
    // Only the program: arguments may be secrets.
    describeChange(c, { target: command[0] });
    const env = releaseEnvironment(platform, { app, release }, { role: "run" });
    c.header("content-type", "application/x-ndjson");
    return stream(c, async (out) => {
      const abort = new AbortController();
      out.onAbort(() => abort.abort());
      // Frames are written one after the other; the end frame is the last whatever is still in the pipe.
      let writing = Promise.resolve();
      const send = (frame: RunFrame): Promise<void> => {
        writing = writing.then(async () => {
          await out.write(`${JSON.stringify(frame)}\n`);
        });
        return writing;
      };
      const result = await run({
        argv: asUser(
          processUser(platform, { app, release }),
          commandArgv(isContained(release) ? command : ["/usr/bin/env", "--", ...command], runtime),
        ),
        env,
        cwd: startDirectory(release),
        signal: abort.signal,
        onData: (chunk, type) => send({ type, data: chunk.toString("base64") }),
        ...(stdin === undefined ? {} : { stdin: Buffer.from(stdin, "base64") }),
      });
      await send({ type: "end", exitCode: result.exitCode, signal: result.exitSignal });
    });
  });
}
