import type { IndexText } from "./pick-from-index.ts";

/** A page of a Python index as it came. */
export interface FetchedPage extends IndexText {
  readonly contentType: string;
}

const link = /<a\s[^>]*?href\s*=\s*(?:"([^"]*)"|'([^']*)')[^>]*>\s*([^<]*?)\s*<\/a/gi;

/** The page in its JSON form (PEP 691); older mirrors have only the HTML one (PEP 503). */
export function indexPage({ url, text, contentType }: FetchedPage): IndexText {
  if (/json/i.test(contentType) || text.trimStart().startsWith("{")) return { url, text };
  const files = [...text.matchAll(link)].map(([, double = "", single = "", filename]) => {
    const href = unescapeHtml(double === "" ? single : double);
    const [, algorithm, digest] = /#(?:.*&)?(sha512|sha256|sha1)=([0-9a-f]+)/i.exec(href) ?? [];
    const hashes = algorithm === undefined ? {} : { [algorithm.toLowerCase()]: digest };
    return { filename: unescapeHtml(filename ?? ""), url: href, hashes };
  });
  return { url, text: JSON.stringify({ files }) };
}

const entities: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  "#39": "'",
  "#x27": "'",
};

function unescapeHtml(text: string): string {
  return text.replace(
    /&(amp|lt|gt|quot|#39|#x27);/g,
    (whole, name: string) => entities[name] ?? whole,
  );
}
