import type { RegistryName } from "../registry-names.ts";

const names: Readonly<Record<RegistryName, RegExp>> = {
  npm: /^(?:@[a-z0-9~_-][a-z0-9._~-]*\/)?[a-z0-9~_-][a-z0-9._~-]*$/i,
  pypi: /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/i,
  rubygems: /^[a-z0-9_][a-z0-9._-]*$/i,
  packagist: /^[a-z0-9](?:[_.-]*[a-z0-9])*\/[a-z0-9](?:[_.-]*[a-z0-9])*$/i,
  go: /^[a-z0-9][a-z0-9._~-]*(?:\/[a-z0-9._~-]+)*$/i,
  maven: /^[a-z0-9_][a-z0-9._-]*:[a-z0-9_][a-z0-9._-]*$/i,
  crates: /^[a-z0-9][a-z0-9_-]*$/i,
};

/** A name that the registry could have given: no way out of a directory, no control characters. */
export function isSafeName(registry: RegistryName, name: string): boolean {
  return name.length <= 214 && names[registry].test(name) && !name.includes("..");
}

/** A version becomes part of file names and addresses. Branches of composer contain slashes. */
export function isSafeVersion(version: string): boolean {
  return (
    version.length <= 256 && /^[0-9a-z_][0-9a-z._+!~/-]*$/i.test(version) && !version.includes("..")
  );
}

export function isSafeFileName(name: string): boolean {
  return name.length <= 255 && /^[0-9a-z_@][0-9a-z._+!~@%-]*$/i.test(name);
}

/** http or https, without user name or token, nothing that a shell or a log could take amiss. */
export function isSafeUrl(url: string): boolean {
  const match =
    /^https?:\/\/([^/?#]+)(\/[\x21\x23-\x26\x28-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]*)?$/i.exec(
      url,
    );
  const [, host = "", path = ""] = match ?? [];
  if (url.length > 2048 || !/^(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?$/i.test(host))
    return false;
  return !/(?:^|\/)\.\.?(?:\/|$)/.test(path);
}

/** A path below the app's directory, in plain spelling: what leaves it, or is absolute, is undefined. */
export function insidePath(path: string): string | undefined {
  if (path.length > 1024 || path.startsWith("/") || hasOddCharacters(path)) return undefined;
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.length === 0 ? "." : parts.join("/");
}

function hasOddCharacters(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return /[\u0000-\u001f\u007f\\]|^[a-z]:/i.test(text);
}
