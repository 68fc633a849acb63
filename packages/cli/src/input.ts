import type { AppName } from "@hop3/core";
import { parseAppName } from "@hop3/core/base";
import type { Input } from "@hop3/core/plugin";
import { usageError } from "./errors.ts";

export type { Input } from "@hop3/core/plugin";

/** Wraps what the parser found. `appArgument` says which argument, if any, names the app. */
export function makeInput(found: {
  args: readonly string[];
  options: Readonly<Record<string, unknown>>;
  appArgument: number;
}): Input {
  const { args, options, appArgument } = found;
  const text = (name: string): string | undefined => {
    const value = options[name];
    return typeof value === "string" ? value : undefined;
  };
  return {
    args,
    flag: (name) => options[name] === true,
    text,
    whole: (name) => {
      const value = text(name);
      return value === undefined ? undefined : parseWhole(value, `--${name}`);
    },
    app: () => chooseApp(args[appArgument], text("app")),
  };
}

function chooseApp(argument: string | undefined, option: string | undefined): AppName | undefined {
  if (argument !== undefined && option !== undefined && argument !== option) {
    throw usageError({
      message: `two apps are named: '${argument}' and --app '${option}'`,
      hint: "Name the app once",
    });
  }
  const name = argument ?? option;
  return name === undefined ? undefined : parseAppName(name);
}

/** A whole number from `least` on; `what` is named where it is none. */
export function parseWhole(text: string, what: string, least = 0): number {
  if (/^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text);
  throw usageError({
    message: `${what} must be a whole number${least === 0 ? "" : ` from ${least} on`}, not '${text}'`,
    hint: `Give digits only, for example ${what.startsWith("--") ? `${what} 20` : "3"}`,
  });
}
