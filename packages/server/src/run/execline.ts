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

/** The same for a program that also gets the arguments of the script; no word of `argv` may hold a dollar sign then. */
export function printExeclineWithArguments(binDir: string, argv: readonly string[]): string {
  if (argv.some((argument) => argument.includes("$")))
    throw new Error("a word holds a dollar sign");
  return `#!${binDir}/execlineb -S0\n${argv.map(quote).join("\n")}\n$@\n`;
}
