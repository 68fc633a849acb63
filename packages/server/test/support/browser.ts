import type { Problem } from "@hop3/core";
import { type AccountsBed, origin } from "./accounts-bed.ts";

export interface Reply<T> {
  readonly status: number;
  /** `OK`, or the code of the failure. */
  readonly code: string;
  readonly body: T;
  readonly headers: Headers;
}

export interface Ask {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A client of the API with a jar of cookies, that says of itself what a browser says. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly bed: AccountsBed;

  constructor(bed: AccountsBed) {
    this.bed = bed;
  }

  async ask<T = unknown>(method: string, path: string, more: Ask = {}): Promise<Reply<T>> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await this.bed.http.request(`${origin}/api/v1${path}`, {
      method,
      headers: {
        "sec-fetch-site": "same-origin",
        ...(method === "GET" ? {} : { origin }),
        ...(cookie === "" ? {} : { cookie }),
        ...(more.body === undefined ? {} : { "content-type": "application/json" }),
        ...more.headers,
      },
      ...(more.body === undefined ? {} : { body: JSON.stringify(more.body) }),
    });
    for (const line of response.headers.getSetCookie()) this.keep(line);
    const text = await response.text();
    const body = text === "" ? undefined : JSON.parse(text);
    const code = response.ok ? "OK" : (body as Problem).code;
    return { status: response.status, code, body: body as T, headers: response.headers };
  }

  /** The request as a program makes it: without what a browser adds. */
  async bare(method: string, path: string, { headers = {}, body }: Ask = {}): Promise<string> {
    const response = await this.bed.http.request(`${origin}/api/v1${path}`, {
      method,
      headers: {
        ...headers,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return response.ok ? "OK" : ((await response.json()) as Problem).code;
  }

  private keep(line: string): void {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (/max-age=0/i.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}
