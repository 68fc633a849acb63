import type { Agent, RequestOptions } from "node:http";
import type { Endpoint } from "./connection.ts";

// An import would read every export, and the one of WebSocket loads all of undici: as much again as Node's own start.
const { request: httpRequest, Agent: HttpAgent } = process.getBuiltinModule("node:http");

/** How a request gets to an endpoint. Connections to other machines are used again until it is closed. */
export interface Transport {
  open(target: Endpoint): Promise<{ request: typeof httpRequest; options: RequestOptions }>;
  close(): void;
}

export function makeTransport(env: NodeJS.ProcessEnv): Transport {
  let agent: Agent | undefined;
  return {
    async open(target) {
      if (target.kind === "socket") {
        const options = { socketPath: target.socket, agent: false as const };
        return { request: httpRequest, options };
      }
      if (target.kind === "ssh") {
        agent ??= await makeSshAgent(target, env);
        return { request: httpRequest, options: { host: "hop3", agent } };
      }
      const { hostname, port, protocol } = target.server;
      const place = {
        hostname: hostname.replace(/^\[|\]$/g, ""),
        ...(port === "" ? {} : { port }),
      };
      if (protocol === "http:") {
        agent ??= new HttpAgent({ keepAlive: true });
        return { request: httpRequest, options: { ...place, agent } };
      }
      const https = await import("node:https");
      agent ??= new https.Agent({ keepAlive: true });
      return { request: https.request, options: { ...place, agent } };
    },
    close: () => agent?.destroy(),
  };
}

/** One ssh for one request after the other, and a second one for what goes on beside them. */
async function makeSshAgent(
  { ssh }: Extract<Endpoint, { readonly kind: "ssh" }>,
  env: NodeJS.ProcessEnv,
): Promise<Agent> {
  const { connectBySsh } = await import("./ssh.ts");
  const agent = new HttpAgent({ keepAlive: true });
  agent.createConnection = () => connectBySsh(ssh, env);
  return agent;
}
