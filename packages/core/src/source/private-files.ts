/**
 * Files that hold credentials whatever is in them, by name. They never become part of a Source:
 * the Nix store is readable by everyone on the machine.
 */
const privateNames: ReadonlySet<string> = new Set([
  "id_rsa",
  "id_dsa",
  "id_ecdsa",
  "id_ecdsa_sk",
  "id_ed25519",
  "id_ed25519_sk",
  ".netrc",
  "_netrc",
  ".pypirc",
  ".pgpass",
  ".git-credentials",
  ".dockercfg",
  ".vault-token",
  "application_default_credentials.json",
]);

const privateExtension = /\.(?:key|p12|pfx|kdbx|ppk)$/;

/** Well-known places of credentials that have an everyday name. */
const privatePaths = /(?:^|\/)(?:\.aws\/credentials|\.docker\/config\.json|\.kube\/config)$/;

/** Why a file is private, judged by its path alone. */
export function privateByName(path: string): string | undefined {
  const lower = path.toLowerCase();
  const name = baseName(lower);
  if (privateNames.has(name)) return "holds credentials";
  if (privateExtension.test(name)) return "looks like a private key or a key store";
  if (privatePaths.test(lower)) return "holds credentials";
  return undefined;
}

interface ContentRule {
  readonly name: RegExp;
  readonly text: RegExp;
  readonly reason: string;
}

/** Names that hold credentials only sometimes: the text decides. */
const contentRules: readonly ContentRule[] = [
  { name: /\.pem$/, text: /PRIVATE KEY-----/, reason: "holds a private key" },
  {
    name: /^\.npmrc$/,
    // A value that is only a reference to a variable is how a token stays out of the file.
    text: /(?:_authToken|_auth|_password)\s*=\s*(?!\s*["']?\$\{)\S/,
    reason: "holds a token of a package registry",
  },
  {
    name: /^(?:.*credentials.*|client_secret.*|service[-_]account.*)\.json$/,
    text: /"(?:private_key|client_secret|refresh_token)"\s*:\s*"[^"]/,
    reason: "holds credentials of a cloud account",
  },
];

/** A test of the text for names that hold credentials only sometimes; undefined for every other name. */
export function privateByContent(path: string): ((text: string) => string | undefined) | undefined {
  const name = baseName(path.toLowerCase());
  const rule = contentRules.find((candidate) => candidate.name.test(name));
  if (rule === undefined) return undefined;
  return (text) => (rule.text.test(text) ? rule.reason : undefined);
}

/** The part after the last `/`. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
