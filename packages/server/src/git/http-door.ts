import type { IncomingMessage, ServerResponse } from "node:http";
import { dirname } from "node:path";
import { Hop3Error } from "@hop3/core";
import type { AddressOf } from "../accounts/client-address.ts";
import type { Principal } from "../accounts/principal.ts";
import { toHop3Error } from "../deploy/errors.ts";
import type { PipedProgram } from "../proc/run.ts";
import { makeCgiReader } from "./cgi.ts";
import type { GitProgram } from "./git-program.ts";
import { safeProtocol } from "./protocol.ts";
import type { GitService, Session, Sessions } from "./sessions.ts";
import { failureLines } from "./timeline-lines.ts";

/** Git's smart HTTP below `/git/`, answered by git's own `http-backend`. */
export interface HttpDoor {
  /** False where the request is not for git, and somebody else has to answer it. */
  serve(request: IncomingMessage, response: ServerResponse): boolean;
}

export interface HttpDoorParts {
  readonly git: GitProgram;
  readonly sessions: Sessions;
  readonly addressOf: AddressOf;
  /** Whose name and secret these are. */
  signIn(name: string, secret: string, address: string): Promise<Principal | undefined>;
  readonly onError: (error: unknown) => void;
}

interface Wanted {
  readonly name: string;
  readonly file: "info/refs" | "git-upload-pack" | "git-receive-pack";
  readonly service: GitService;
}

/** A client that sends nothing for so long has gone. */
const uploadSilenceMs = 120_000;

export function makeHttpDoor(parts: HttpDoorParts): HttpDoor {
  return {
    serve(request, response) {
      const url = request.url ?? "";
      if (!url.startsWith("/git/")) return false;
      answer(parts, request, response).catch((error: unknown) => {
        if (!(error instanceof Hop3Error)) parts.onError(error);
        refuse(response, error);
      });
      return true;
    },
  };
}

async function answer(
  parts: HttpDoorParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const wanted = parseRequest(request);
  if (wanted === undefined) return say(response, 404, ["There is no such repository."]);
  const address = parts.addressOf(request);
  const principal = await recognise(parts, request, address);
  if (principal === undefined) {
    return say(response, 401, ["Sign in with a user name and a password or token: hop3 git setup"]);
  }
  const { name, service } = wanted;
  const session = await parts.sessions.begin({ principal, address, service, name });
  try {
    await runBackend(parts.git, session, { wanted, request, response });
  } finally {
    session.end();
  }
}

/** `/git/<app>.git/<file>`, with nothing decoded: the name of an app needs no escapes. */
function parseRequest({ url = "", method = "" }: IncomingMessage): Wanted | undefined {
  const match =
    /^\/git\/([^/?]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)(?:\?(.*))?$/.exec(
      url,
    );
  const [, name = "", file = "", query = ""] = match ?? [];
  if (file === "info/refs") {
    const service = /(?:^|&)service=git-(receive-pack|upload-pack)(?:&|$)/.exec(query)?.[1];
    if (method !== "GET" || service === undefined) return undefined;
    return { name, file, service: service as GitService };
  }
  if (method !== "POST") return undefined;
  if (file === "git-receive-pack") return { name, file, service: "receive-pack" };
  if (file === "git-upload-pack") return { name, file, service: "upload-pack" };
  return undefined;
}

async function recognise(
  { signIn }: HttpDoorParts,
  { headers }: IncomingMessage,
  address: string,
): Promise<Principal | undefined> {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(headers.authorization ?? "")?.[1];
  const text = Buffer.from(encoded ?? "", "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 0) return undefined;
  return signIn(text.slice(0, colon), text.slice(colon + 1), address);
}

interface Exchange {
  readonly wanted: Wanted;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function runBackend(git: GitProgram, session: Session, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  const program = git.start(["http-backend"], {
    ...session.env,
    ...cgiEnvironment(session, exchange),
  });
  const stderr = drain(program);
  sendBody(request, program);
  // After all of the request has come, git finishes whatever becomes of the connection: a ref follows its deployment.
  response.once("close", () => {
    if (!request.complete) program.stop();
  });
  await relay(program, response);
  const exitCode = await program.ended;
  if (!response.headersSent)
    throw new Error(`git http-backend ended with ${exitCode}: ${stderr()}`);
  response.end();
}

function cgiEnvironment(session: Session, { wanted, request }: Exchange): Record<string, string> {
  const { headers, method = "GET" } = request;
  const length = headers["content-length"];
  return {
    GIT_PROJECT_ROOT: dirname(session.dir),
    GIT_HTTP_EXPORT_ALL: "1",
    PATH_INFO: `/repo.git/${wanted.file}`,
    REQUEST_METHOD: method,
    QUERY_STRING: wanted.file === "info/refs" ? `service=git-${wanted.service}` : "",
    CONTENT_TYPE: wanted.file === "info/refs" ? "" : `application/x-${wanted.file}-request`,
    REMOTE_USER: "hop3",
    ...(length === undefined || !/^\d{1,15}$/.test(length) ? {} : { CONTENT_LENGTH: length }),
    ...(headers["content-encoding"] === "gzip" ? { HTTP_CONTENT_ENCODING: "gzip" } : {}),
    ...safeProtocol(headers["git-protocol"]),
  };
}

/** The end of what it says about itself, for our own log. */
function drain({ stderr }: PipedProgram): () => string {
  let kept = "";
  stderr.setEncoding("utf8").on("data", (text: string) => {
    kept = (kept + text).slice(-2000);
  });
  return () => kept;
}

function sendBody(request: IncomingMessage, { stdin, stop }: PipedProgram): void {
  const silence = setTimeout(stop, uploadSilenceMs);
  request.on("data", () => silence.refresh());
  request.once("close", () => clearTimeout(silence));
  request.once("end", () => clearTimeout(silence));
  request.pipe(stdin);
}

/** Hands on the answer at the pace of the client; once the client has gone, to nobody. */
async function relay({ stdout }: PipedProgram, response: ServerResponse): Promise<void> {
  const readHead = makeCgiReader();
  for await (const chunk of stdout) {
    if (response.destroyed) continue;
    if (response.headersSent) {
      await write(response, chunk as Buffer);
      continue;
    }
    const head = readHead(chunk as Buffer);
    if (head === undefined) continue;
    response.writeHead(head.status, head.headers);
    response.flushHeaders();
    if (head.rest.length > 0) await write(response, head.rest);
  }
}

function write(response: ServerResponse, chunk: Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (response.write(chunk)) return resolve();
    const done = (): void => {
      response.off("drain", done);
      response.off("close", done);
      resolve();
    };
    response.once("drain", done);
    response.once("close", done);
  });
}

function refuse(response: ServerResponse, error: unknown): void {
  const { failure } = toHop3Error(error);
  if (response.headersSent) return void response.destroy();
  say(response, failure.status, failureLines(failure));
}

/** Git shows its user what is `text/plain`. */
function say(response: ServerResponse, status: number, lines: readonly string[]): void {
  response.writeHead(status, {
    ...(status === 401 ? { "www-authenticate": 'Basic realm="Hop3", charset="UTF-8"' } : {}),
    "content-type": "text/plain; charset=utf-8",
    "cache-control": "no-store",
    // What is left of a body that nobody reads must not be taken for the next request.
    connection: "close",
  });
  response.end(`${lines.join("\n")}\n`);
}
