import ssh2, {
  type ConnectConfig,
  type ServerHostKeyAlgorithm,
  type Client as SshClient,
} from "ssh2";
import { fingerprintOf, hostKeyFingerprint } from "../git/public-key.ts";
import { fetchFailed, hostKeyWrong, keyRefused } from "./hook-errors.ts";

// The package is CommonJS: its values come as one.
const { Client, utils } = ssh2;

/** Where a repository is, by the address that was looked at. */
export interface SshPlace {
  readonly url: URL;
  readonly address: string;
  readonly port: number;
  readonly signal: AbortSignal;
}

/** What opens it, and the one key of its host that is taken: `ssh-ed25519 AAAA…`. */
export interface SshLogin {
  readonly key: string;
  readonly hostKey: string;
}

const handshakeMs = 20_000;

/** Kinds of host keys, best first, by the names under which a host signs with them. */
const kinds: Readonly<Record<string, readonly ServerHostKeyAlgorithm[]>> = {
  "ssh-ed25519": ["ssh-ed25519"],
  "ecdsa-sha2-nistp256": ["ecdsa-sha2-nistp256"],
  "ecdsa-sha2-nistp384": ["ecdsa-sha2-nistp384"],
  "ecdsa-sha2-nistp521": ["ecdsa-sha2-nistp521"],
  "ssh-rsa": ["rsa-sha2-512", "rsa-sha2-256"],
};

/** A connection to exactly this host, signed in with exactly this key. */
export async function connectSsh(place: SshPlace, login: SshLogin): Promise<SshClient> {
  const [kind = "", blob = ""] = login.hostKey.split(" ");
  let shown: Buffer | undefined;
  const client = new Client();
  try {
    await opened(client, place, {
      until: "ready",
      privateKey: login.key,
      algorithms: { serverHostKey: [...(kinds[kind] ?? [])] },
      hostVerifier(key: Buffer) {
        shown = key;
        return key.toString("base64") === blob;
      },
    });
    return client;
  } catch (error) {
    client.destroy();
    const isOther = shown !== undefined && shown.toString("base64") !== blob;
    if (isOther || hasNoCommonKind(error)) {
      const known = hostKeyFingerprint(login.hostKey);
      throw hostKeyWrong({ host: place.url.host, known, shown: shown && fingerprintOf(shown) });
    }
    throw explain(place, error, login);
  }
}

/** The key that a host shows: the one of this fingerprint where one is given, else its best. */
export async function readHostKey(
  place: SshPlace,
  fingerprint: string | undefined,
): Promise<string> {
  let last: string | undefined;
  for (const [kind, algorithms] of Object.entries(kinds)) {
    const blob = await readKeyOfKind(place, algorithms);
    if (blob === undefined) continue;
    last = fingerprintOf(blob);
    const isWanted = fingerprint === undefined || fingerprint === last;
    if (isWanted) return `${kind} ${blob.toString("base64")}`;
  }
  if (fingerprint === undefined || last === undefined) {
    throw fetchFailed({
      repository: place.url.href,
      reason: "its host has no key that is known here",
    });
  }
  throw hostKeyWrong({ host: place.url.host, known: fingerprint, shown: last });
}

/** A pair for one App: `.private` is sealed, `.public` goes to the forge. */
export function makeKeyPair(comment: string): {
  readonly private: string;
  readonly public: string;
} {
  return utils.generateKeyPairSync("ed25519", { comment });
}

/** undefined where the host has none of this kind. Nobody signs in. */
async function readKeyOfKind(
  place: SshPlace,
  algorithms: readonly ServerHostKeyAlgorithm[],
): Promise<Buffer | undefined> {
  const client = new Client();
  let shown: Buffer | undefined;
  try {
    await opened(client, place, {
      until: "handshake",
      algorithms: { serverHostKey: [...algorithms] },
      hostVerifier(key: Buffer) {
        shown = key;
        return true;
      },
    });
    return shown;
  } catch (error) {
    if (hasNoCommonKind(error)) return undefined;
    throw explain(place, error);
  } finally {
    client.destroy();
  }
}

interface Opening extends ConnectConfig {
  /** Signed in, or only sure of the host. */
  readonly until: "ready" | "handshake";
}

async function opened(
  client: SshClient,
  { url, address, port, signal }: SshPlace,
  { until, ...config }: Opening,
): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    if (until === "ready") client.once("ready", resolve);
    else client.once("handshake", () => resolve());
    // Later ones are those of a connection that has served.
    client.on("error", reject);
    const stop = (): void => void client.destroy();
    signal.addEventListener("abort", stop, { once: true });
    client.once("close", () => {
      signal.removeEventListener("abort", stop);
      reject(new Error("the host closed the connection"));
    });
    const place = { host: address, port, username: url.username };
    client.connect({ ...place, readyTimeout: handshakeMs, ...config });
  });
}

function hasNoCommonKind(error: unknown): boolean {
  return error instanceof Error && error.message.includes("no matching host key format");
}

function explain({ url }: SshPlace, error: unknown, login?: SshLogin): Error {
  const isRefused = (error as { level?: unknown }).level === "client-authentication";
  if (isRefused && login !== undefined) return keyRefused({ repository: url.href });
  const reason = error instanceof Error ? error.message : String(error);
  return fetchFailed({ repository: url.href, reason }, { cause: error });
}
