/** A tag of an XML file; texts between tags are those before it. */
export interface XmlTag {
  readonly name: string;
  readonly kind: "open" | "close" | "empty";
  readonly attributes: ReadonlyMap<string, string>;
  /** Offset in the file. */
  readonly at: number;
  /** The text since the tag before. */
  readonly before: string;
}

const tag =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<(\/?)([A-Za-z_][\w.:-]*)((?:\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/g;
const attribute = /([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** The tags of an XML file in their order; undefined where it is not well formed or declares a document type. */
export function readXmlTags(text: string): readonly XmlTag[] | undefined {
  const tags: XmlTag[] = [];
  const open: string[] = [];
  let end = 0;
  let before = "";
  for (const match of text.matchAll(tag)) {
    const skipped = text.slice(end, match.index);
    if (skipped.includes("<")) return undefined;
    before += skipped;
    end = match.index + match[0].length;
    const found = tagOf(match, before);
    if (found === undefined) continue;
    if (found.kind === "open") open.push(found.name);
    if (found.kind === "close" && open.pop() !== found.name) return undefined;
    tags.push(found);
    before = "";
  }
  const isWhole = open.length === 0 && tags.length > 0 && text.slice(end).trim() === "";
  return isWhole ? tags : undefined;
}

function tagOf(match: RegExpExecArray, before: string): XmlTag | undefined {
  const [, slash, name, attributes = "", empty] = match;
  if (name === undefined) return undefined;
  const pairs = [...attributes.matchAll(attribute)].map(
    ([, key = "", double, single]) => [key, decode(double ?? single ?? "")] as const,
  );
  return {
    name,
    kind: kindOf(slash, empty),
    attributes: new Map(pairs),
    at: match.index,
    before: decode(before).trim(),
  };
}

function kindOf(slash: string | undefined, empty: string | undefined): XmlTag["kind"] {
  if (slash === "/") return "close";
  return empty === "/" ? "empty" : "open";
}

const entities: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  amp: "&",
};

function decode(text: string): string {
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (whole, name: string) => entities[name] ?? whole);
}
