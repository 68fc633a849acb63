import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { settingsInvalid } from "../settings.ts";

/** A certificate chain and its key, as PEM. */
export interface Tls {
  readonly cert: string;
  readonly key: string;
}

export interface TlsFiles {
  readonly "tls-cert"?: string | undefined;
  readonly "tls-key"?: string | undefined;
}

/** Reads what `[server] tls-cert` and `tls-key` name; undefined where the API speaks plain HTTP. */
export function readTls(settingsFile: string, files: TlsFiles): Tls | undefined {
  const { "tls-cert": certFile, "tls-key": keyFile } = files;
  if (certFile === undefined || keyFile === undefined) return undefined;
  const place = { file: settingsFile };
  try {
    const cert = readFileSync(certFile, "utf8");
    const key = readFileSync(keyFile, "utf8");
    if (new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) return { cert, key };
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    const reason = `[server] tls-cert ${certFile} or tls-key ${keyFile} cannot be used: ${said}`;
    throw settingsInvalid({ place, reason }, { cause });
  }
  const reason = `[server] tls-key ${keyFile} is not the key of tls-cert ${certFile}`;
  throw settingsInvalid({ place, reason });
}
