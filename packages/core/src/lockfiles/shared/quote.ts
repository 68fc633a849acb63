/** A name from a file, made safe for a message: control characters shown, long ones cut. */
export function quote(text: string): string {
  const shown = JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
  return `'${shown.slice(1, -1)}'`;
}
