import { connect, getCACertificates } from "node:tls";
import { resolveFrom } from "./config-file.ts";
import type { Context } from "./context.ts";

const patienceMs = 10_000;

/** A file of authorities that git has to be told of for this server: the one that Node has, where the machine's own do not do. */
export async function findAuthority(
  url: URL,
  context: Pick<Context, "env" | "cwd">,
): Promise<string | undefined> {
  const file = context.env["NODE_EXTRA_CA_CERTS"] ?? "";
  if (url.protocol !== "https:" || file === "" || (await isKnownToMachine(url))) return undefined;
  return resolveFrom(context, file);
}

/** Whether git, which asks the machine's authorities, would believe this server. */
function isKnownToMachine({ hostname, port }: URL): Promise<boolean> {
  const host = hostname.replace(/^\[|\]$/g, "");
  const place = { host, port: port === "" ? 443 : Number(port) };
  return new Promise((resolve) => {
    const end = (isKnown: boolean): void => {
      socket.destroy();
      resolve(isKnown);
    };
    const socket = connect({ ...place, ca: getCACertificates("system") }, () => end(true));
    socket.setTimeout(patienceMs, () => end(false));
    socket.once("error", () => end(false));
  });
}
