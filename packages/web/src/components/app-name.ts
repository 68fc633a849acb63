/** A name that the server takes, made of what somebody called a folder or archive; empty where nothing is left. */
export function suggestName(text: string): string {
  return text
    .toLowerCase()
    .replace(/\.(?:tar\.gz|tgz)$/, "")
    .normalize("NFKD")
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 64)
    .replace(/-+$/, "");
}
