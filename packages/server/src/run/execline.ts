/**
 * One argument as execlineb reads it back, whatever is in it. Inside double quotes only the backslash and the quote
 * itself mean something; every other byte, a line break too, stands for itself.
 */
function quote(argument: string): string {
  if (argument.includes("\0")) throw new Error("an argument cannot hold a NUL character");
  return `"${argument.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/** The text of an execline script that becomes this program. `-P`: execlineb itself substitutes nothing. */
export function printExecline(binDir: string, argv: readonly string[]): string {
  return `#!${binDir}/execlineb -P\n${argv.map(quote).join("\n")}\n`;
}
