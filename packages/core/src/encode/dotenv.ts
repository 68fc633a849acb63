import { encodeImpossible } from "./encode-errors.ts";
import { checkText } from "./text.ts";

const TARGET = "a dotenv file";
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const BARE = /^[A-Za-z0-9_./:@%+,-]*$/;

/** One way to write a value, and the values that every reader takes back from it unchanged. */
interface Form {
  readonly quote: string;
  readonly holds: (value: string) => boolean;
}

/**
 * Dotenv has no standard, so the form is chosen that most readers agree on: bare and single quotes
 * mean the same to Node, python-dotenv and a shell. Quotes are never escaped, because Node's reader
 * knows no escape. Backquotes, the last resort, are read by Node and the JavaScript libraries only.
 */
const forms: readonly Form[] = [
  { quote: "", holds: (value) => BARE.test(value) },
  { quote: "'", holds: (value) => !/'|\\\\|\\$/.test(value) },
  { quote: '"', holds: (value) => !/["\\$`]/.test(value) },
  { quote: "", holds: (value) => /^[^\s#'"`\\]([^\n#\\]*[^\s#\\])?$/.test(value) },
  { quote: "`", holds: (value) => !value.includes("`") },
  { quote: "'", holds: (value) => !value.includes("'") },
];

/** The lines `NAME=value` of a dotenv file; a value that no reader gives back is refused. */
export function encodeDotenv(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${encodeName(name)}=${encodeValue(value)}\n`)
    .join("");
}

function encodeName(name: string): string {
  if (NAME.test(name)) return name;
  throw encodeImpossible({ target: TARGET, what: "a name that is not a variable's", value: name });
}

function encodeValue(value: string): string {
  if (checkText(TARGET, value).includes("\r")) {
    throw encodeImpossible({ target: TARGET, what: "a carriage return", value });
  }
  const form = forms.find(({ holds }) => holds(value));
  if (form !== undefined) return form.quote + value + form.quote;
  throw encodeImpossible({ target: TARGET, what: "all three kinds of quotes in one value", value });
}
