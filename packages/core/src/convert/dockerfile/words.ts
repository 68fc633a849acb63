/** Looks a variable up; undefined where nobody has set it. */
export type Lookup = (name: string) => string | undefined;

/** Splits at spaces outside of quotes; the quotes stay. */
export function splitWords(text: string, escapeChar = "\\"): string[] {
  const words: string[] = [];
  let word = "";
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (/\s/.test(char)) {
      if (word !== "") words.push(word);
      word = "";
      at += 1;
      continue;
    }
    const end = endOfPiece(text, at, escapeChar);
    word += text.slice(at, end);
    at = end;
  }
  return word === "" ? words : [...words, word];
}

/** End of the quoted text, the escaped character or the single character that starts here. */
export function endOfPiece(text: string, at: number, escapeChar: string): number {
  const char = text.charAt(at);
  if (char === escapeChar) return Math.min(at + 2, text.length);
  if (char !== '"' && char !== "'") return at + 1;
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === char) return end + 1;
    if (char === '"' && text[end] === escapeChar) end += 1;
  }
  return text.length;
}

/** A word without its quotes, its variables filled in as Docker fills them in. */
export function expandWord(raw: string, lookup: Lookup, escapeChar = "\\"): string {
  let text = "";
  let at = 0;
  while (at < raw.length) {
    const char = raw.charAt(at);
    const end = char === "$" ? endOfReference(raw, at) : endOfPiece(raw, at, escapeChar);
    text += expandPiece(raw.slice(at, end), lookup, escapeChar);
    at = end;
  }
  return text;
}

function expandPiece(piece: string, lookup: Lookup, escapeChar: string): string {
  if (piece.startsWith("'")) return piece.slice(1, piece.endsWith("'") ? -1 : undefined) || "";
  if (piece.startsWith("$")) return expandReference(piece, lookup);
  if (piece.startsWith(escapeChar)) return piece.slice(1);
  if (!piece.startsWith('"')) return piece;
  const isClosed = piece.length > 1 && piece.endsWith('"');
  return expandQuoted(piece.slice(1, isClosed ? -1 : undefined), lookup, escapeChar);
}

/** Inside double quotes only these lose the escape before them. */
function expandQuoted(inner: string, lookup: Lookup, escapeChar: string): string {
  let text = "";
  let at = 0;
  while (at < inner.length) {
    const char = inner.charAt(at);
    if (char === "$") {
      const end = endOfReference(inner, at);
      text += expandReference(inner.slice(at, end), lookup);
      at = end;
    } else if (char === escapeChar && ['"', "$", escapeChar].includes(inner.charAt(at + 1))) {
      text += inner.charAt(at + 1);
      at += 2;
    } else {
      text += char;
      at += 1;
    }
  }
  return text;
}

/** End of `$NAME` or `${…}`, braces inside counted. */
function endOfReference(text: string, at: number): number {
  if (text[at + 1] !== "{") {
    const name = /^[A-Za-z_]\w*/.exec(text.slice(at + 1, at + 256))?.[0] ?? "";
    return at + 1 + name.length;
  }
  let depth = 0;
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === "{") depth += 1;
    else if (text[end] === "}") depth -= 1;
    if (depth === 0) return end + 1;
  }
  return text.length;
}

const braced = /^\$\{([A-Za-z_]\w*)(?:(:?[-+?])([\s\S]*))?\}$/;

function expandReference(reference: string, lookup: Lookup): string {
  if (!reference.startsWith("${")) {
    const name = reference.slice(1);
    return name === "" ? "$" : (lookup(name) ?? "");
  }
  const match = braced.exec(reference);
  // A form that Docker has and this does not, such as ${NAME#prefix}: better as it is than wrong.
  if (match === null) return reference;
  const [, name = "", operator = "", word = ""] = match;
  const value = lookup(name);
  const isSet = value !== undefined && (value !== "" || !operator.startsWith(":"));
  if (operator.endsWith("+")) return isSet ? expandWord(word, lookup) : "";
  if (isSet) return value;
  return operator.endsWith("-") ? expandWord(word, lookup) : "";
}

/** The word as a POSIX shell reads it back; `quote("a b")` is `'a b'`. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
