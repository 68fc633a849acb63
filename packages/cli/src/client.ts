import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import type { Readable } from "node:stream";
import type { EventSourceMessage } from "eventsource-parser";
import {
  type AnswerName,
  type AnswerOf,
  checkAnswer,
  loadSchemasAhead,
  tryAnswer,
} from "./answer-check.ts";
import { type Endpoint, explainConnection, findServer } from "./connection.ts";
import { answerNotUnderstood, fromProblem } from "./errors.ts";
import { makeTransport, type Transport } from "./transport.ts";

export interface ApiRequest {
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  /** Below /api/v1; see `at`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it comes, instead of `body`. */
  readonly upload?: Readable;
  readonly signal: AbortSignal;
}

/** The one HTTP client. Whatever comes back has passed its schema. */
export interface Client {
  endpoint(): Promise<Endpoint>;
  json<Name extends AnswerName>(request: ApiRequest, answer: Name): Promise<AnswerOf<Name>>;
  none(request: ApiRequest): Promise<void>;
  text(request: ApiRequest): Promise<string>;
  /** An answer that is no text, as it comes. */
  bytes(request: ApiRequest): AsyncIterable<Uint8Array>;
  /** Server-sent events until the server closes; a connection that breaks is an error. */
  events(request: ApiRequest): AsyncIterable<EventSourceMessage>;
  /** Lines of JSON. */
  lines<Name extends AnswerName>(request: ApiRequest, answer: Name): AsyncIterable<AnswerOf<Name>>;
  /** Lets go of connections that wait for a next request. */
  close(): void;
}

/** A path whose inserted parts cannot become anything but one segment each. */
export function at(parts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return String.raw({ raw: parts.raw }, ...values.map((value) => encodeURIComponent(value)));
}

/** An accepted request; reading its body names a connection that breaks as sending names one that fails. */
interface Exchange {
  readonly chunks: AsyncIterable<string>;
}

type Send = (request: ApiRequest) => Promise<Exchange>;

/** A client for the server of this home, or for the one that HOP3_SERVER names. */
export function makeClient(home: string, env: NodeJS.ProcessEnv): Client {
  const endpoint = (): Promise<Endpoint> => findServer(home, env);
  const transport = makeTransport(env);
  const send: Send = async (request) =>
    await sendTo({ target: await endpoint(), transport }, request);
  const text = async (request: ApiRequest): Promise<string> => {
    const { chunks } = await send(request);
    return await readText(chunks);
  };
  return {
    endpoint,
    text,
    json: async (request, answer) =>
      await checkAnswer(await text(request), answer, nameOf(request)),
    bytes: async function* (request) {
      const target = await endpoint();
      try {
        yield* await accepted({ target, transport }, request);
      } catch (error) {
        throw explainConnection(error, target);
      }
    },
    none: async (request) => {
      await text(request);
    },
    events: (request) => readEvents(send, request),
    lines: async function* (request, answer) {
      const { chunks } = await send(request);
      for await (const line of readLines(chunks)) {
        yield await checkAnswer(line, answer, nameOf(request));
      }
    },
    close: transport.close,
  };
}

interface Line {
  readonly target: Endpoint;
  readonly transport: Transport;
}

async function sendTo(line: Line, request: ApiRequest): Promise<Exchange> {
  const { target } = line;
  try {
    const response = await accepted(line, request);
    response.setEncoding("utf8");
    return { chunks: readChunks(response, target) };
  } catch (error) {
    throw explainConnection(error, target);
  }
}

/** The answer, unless it is a refusal. */
async function accepted(line: Line, request: ApiRequest): Promise<IncomingMessage> {
  const response = await exchange(line, request);
  if ((response.statusCode ?? 0) < 400) return response;
  response.setEncoding("utf8");
  throw await readProblem(response, request);
}

async function* readChunks(response: IncomingMessage, target: Endpoint): AsyncGenerator<string> {
  try {
    for await (const chunk of response) yield String(chunk);
  } catch (error) {
    throw explainConnection(error, target);
  }
}

async function exchange(
  { target, transport }: Line,
  request: ApiRequest,
): Promise<IncomingMessage> {
  const { request: make, options: where } = await transport.open(target);
  const options = { ...requestOptions(target, request), ...where };
  return await new Promise((resolve, reject) => {
    const outgoing = make(options, resolve);
    outgoing.on("error", reject);
    outgoing.once("finish", loadSchemasAhead);
    if (request.upload === undefined) {
      outgoing.end(request.body === undefined ? undefined : JSON.stringify(request.body));
      return;
    }
    // After an early answer, for example a refusal, sending the rest may fail; the answer has counted by then.
    sendAll(request.upload, outgoing).catch(reject);
  });
}

async function sendAll(upload: Readable, outgoing: ClientRequest): Promise<void> {
  const { pipeline } = await import("node:stream/promises");
  await pipeline(upload, outgoing);
}

function requestOptions(target: Endpoint, request: ApiRequest): RequestOptions {
  const query = Object.entries(request.query ?? {}).filter(([, value]) => value !== undefined);
  const pairs = query.map(([key, value]): [string, string] => [key, String(value)]);
  const search = new URLSearchParams(pairs).toString();
  const prefix = target.kind === "remote" ? target.server.pathname.replace(/\/+$/, "") : "";
  const type = request.upload === undefined ? "application/json" : "application/gzip";
  const hasBody = request.upload !== undefined || request.body !== undefined;
  return {
    method: request.method ?? "GET",
    path: `${prefix}/api/v1${request.path}${search === "" ? "" : `?${search}`}`,
    headers: {
      ...(hasBody ? { "content-type": type } : {}),
      ...authorization(target),
      ...request.headers,
    },
    signal: request.signal,
  };
}

function authorization(target: Endpoint): Record<string, string> {
  if (target.kind !== "remote" || target.token === undefined) return {};
  return { authorization: `Bearer ${target.token}` };
}

async function readProblem(response: IncomingMessage, request: ApiRequest): Promise<Error> {
  const text = await readText(response);
  const problem = await tryAnswer(text, "Problem");
  if (problem.success) return fromProblem(problem.data);
  const type = response.headers["content-type"] ?? "no content type";
  return answerNotUnderstood({
    request: nameOf(request),
    because: `status ${response.statusCode} with ${type}`,
  });
}

function nameOf(request: ApiRequest): string {
  return `${request.method ?? "GET"} ${request.path}`;
}

async function readText(chunks: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const chunk of chunks) text += chunk;
  return text;
}

async function* readLines(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    yield* lines.filter((line) => line !== "");
  }
  if (rest !== "") yield rest;
}

async function* readEvents(send: Send, request: ApiRequest): AsyncGenerator<EventSourceMessage> {
  const headers = { accept: "text/event-stream", ...request.headers };
  const { chunks } = await send({ ...request, headers });
  const { createParser } = await import("eventsource-parser");
  const waiting: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => waiting.push(event) });
  for await (const chunk of chunks) {
    parser.feed(chunk);
    yield* waiting.splice(0);
  }
}
