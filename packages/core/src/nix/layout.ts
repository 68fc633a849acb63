/**
 * Text whose line breaks are still open. A group is printed on one line where it fits; a choice
 * takes the first of its options whose first line fits.
 */
export type Layout =
  | { readonly kind: "text"; readonly text: string; readonly isHard: false }
  | { readonly kind: "seq"; readonly items: readonly Layout[]; readonly isHard: boolean }
  | { readonly kind: "indent"; readonly body: Layout; readonly isHard: boolean }
  | { readonly kind: "line"; readonly flat: string; readonly isHard: false }
  | { readonly kind: "newline"; readonly isHard: true }
  | { readonly kind: "group"; readonly body: Layout; readonly isHard: boolean }
  | Choice;

/** `flat` is used where the whole fits on one line; `options` are tried in their order. */
interface Choice {
  readonly kind: "choice";
  readonly flat: Layout;
  readonly options: readonly Layout[];
  readonly isHard: boolean;
}

interface Command {
  readonly layout: Layout;
  readonly depth: number;
  readonly isFlat: boolean;
}

/** Indentation does not count: RFC 166 measures a line from its first character. */
const WIDTH = 100;
const INDENT = "  ";

/** A space, or a line break where the group around it is broken. */
export const line: Layout = { kind: "line", flat: " ", isHard: false };
/** Nothing, or a line break where the group around it is broken. */
export const softLine: Layout = { kind: "line", flat: "", isHard: false };
/** Always a line break; nothing around it fits on one line. */
export const newline: Layout = { kind: "newline", isHard: true };

/** Joins layouts; a string is text without line breaks. */
export function seq(...items: readonly (Layout | string)[]): Layout {
  return sequence(items);
}

/** A list may be longer than a call can have arguments. */
function sequence(items: readonly (Layout | string)[]): Layout {
  const layouts = items.map(toLayout);
  return { kind: "seq", items: layouts, isHard: layouts.some(({ isHard }) => isHard) };
}

/** Lines that begin inside stand two columns further right. */
export function indent(...items: readonly (Layout | string)[]): Layout {
  const body = seq(...items);
  return { kind: "indent", body, isHard: body.isHard };
}

/** Everything inside on one line if it fits, else every `line` directly inside is a break. */
export function group(...items: readonly (Layout | string)[]): Layout {
  const body = seq(...items);
  return { kind: "group", body, isHard: body.isHard };
}

export function choice(flat: Layout, ...options: readonly Layout[]): Layout {
  return { kind: "choice", flat, options, isHard: flat.isHard };
}

/** The layouts with a separator between them. */
export function join(separator: Layout | string, items: readonly (Layout | string)[]): Layout {
  return sequence(items.flatMap((item, index) => (index === 0 ? [item] : [separator, item])));
}

function toLayout(item: Layout | string): Layout {
  return typeof item === "string" ? { kind: "text", text: item, isHard: false } : item;
}

/** The layout on one line, or undefined where a line break is certain. */
export function flatText(layout: Layout): string | undefined {
  return layout.isHard ? undefined : renderAll([{ layout, depth: 0, isFlat: true }]);
}

export function render(layout: Layout): string {
  return renderAll([{ layout, depth: 0, isFlat: false }]);
}

interface Output {
  text: string;
  column: number;
  /** Indentation that the current line gets with its first character: no line ends in spaces. */
  pending: number;
}

function renderAll(stack: Command[]): string {
  const out: Output = { text: "", column: 0, pending: 0 };
  for (let command = stack.pop(); command !== undefined; command = stack.pop()) {
    const { layout, depth, isFlat } = command;
    if (layout.kind === "text") write(out, layout.text);
    else if (layout.kind === "line" && isFlat) write(out, layout.flat);
    else if (layout.kind === "line" || layout.kind === "newline") breakLine(out, depth);
    else pushChildren(stack, settle(command, WIDTH - out.column, stack));
  }
  return out.text;
}

function write(out: Output, text: string): void {
  if (text === "") return;
  out.text += INDENT.repeat(out.pending) + text;
  out.pending = 0;
  out.column += text.length;
}

function breakLine(out: Output, depth: number): void {
  out.text += "\n";
  out.pending = depth;
  out.column = 0;
}

/** Decides whether a group or choice is flat, and which option is taken. */
function settle(command: Command, room: number, rest: readonly Command[]): Command {
  const { layout, depth, isFlat } = command;
  if (layout.kind === "group") {
    const flat = { layout: layout.body, depth, isFlat: true };
    const isOneLine = isFlat || (!layout.isHard && fits(flat, room, rest));
    return isOneLine ? flat : { ...flat, isFlat: false };
  }
  if (layout.kind !== "choice") return command;
  const flat = { layout: layout.flat, depth, isFlat: true };
  if (isFlat || (!layout.isHard && fits(flat, room, rest))) return flat;
  return chooseOption(layout, depth, (option) => fits(option, room, rest));
}

function chooseOption(layout: Choice, depth: number, test: (option: Command) => boolean): Command {
  const commands = layout.options.map((option) => ({ layout: option, depth, isFlat: false }));
  const last = commands.at(-1) ?? { layout: layout.flat, depth, isFlat: false };
  return commands.find((option) => option === last || test(option)) ?? last;
}

function pushChildren(stack: Command[], { layout, depth, isFlat }: Command): void {
  if (layout.kind === "seq") {
    for (const item of layout.items.toReversed()) stack.push({ layout: item, depth, isFlat });
  } else if (layout.kind === "indent") {
    stack.push({ layout: layout.body, depth: depth + 1, isFlat });
  } else {
    stack.push({ layout, depth, isFlat });
  }
}

/** True if the text up to the next line break, in `first` or after it, fits into the room. */
function fits(first: Command, room: number, rest: readonly Command[]): boolean {
  const stack: Command[] = [first];
  let left = room;
  for (let below = rest.length; left >= 0; ) {
    let command = stack.pop();
    if (command === undefined) {
      below -= 1;
      command = rest[below];
    }
    if (command === undefined) return true;
    const width = scan(stack, command);
    if (width === undefined) return true;
    left -= width;
  }
  return false;
}

/** The width of a text, undefined at a line break; containers put their children on the stack. */
function scan(stack: Command[], command: Command): number | undefined {
  const { layout, depth, isFlat } = command;
  if (layout.kind === "text") return layout.text.length;
  if (layout.kind === "newline") return undefined;
  if (layout.kind === "line") return isFlat ? layout.flat.length : undefined;
  if (layout.kind === "group" || layout.kind === "choice") {
    const inner = layout.kind === "group" ? layout.body : preferred(layout);
    stack.push({ layout: inner, depth, isFlat: !layout.isHard });
  } else pushChildren(stack, command);
  return 0;
}

function preferred(layout: Choice): Layout {
  return layout.isHard ? (layout.options[0] ?? layout.flat) : layout.flat;
}
