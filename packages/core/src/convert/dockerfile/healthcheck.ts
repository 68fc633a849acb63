import type { HealthcheckSection } from "../../config/sections.ts";
import type { Draft } from "../draft.ts";
import { parseSeconds } from "../seconds.ts";
import { type Instruction, parseExecForm } from "./lex.ts";

/** HEALTHCHECK: the path of a request on the machine itself, else the command. */
export function convertHealthcheck(draft: Draft, { rest, flags, place }: Instruction): void {
  const match = /^(NONE|CMD)\b\s*([\s\S]*)$/i.exec(rest);
  if (match?.[1]?.toUpperCase() !== "CMD") {
    if (match === null) {
      const reason = "it is neither NONE nor CMD and a command";
      draft.warn(`HEALTHCHECK ${rest} is not carried over`, reason, place);
    }
    return;
  }
  const written = match[2]?.trim() ?? "";
  const words = parseExecForm(written);
  const text = words?.join(" ") ?? written;
  const healthcheck: HealthcheckSection = {};
  const path = requestPath(text);
  if (path !== undefined) healthcheck.path = path;
  else if (text.trim() !== "") healthcheck.command = words === undefined ? text : [...words];
  addTimes(draft, healthcheck, { flags, place });
  draft.section({ healthcheck });
  draft.fact("health check", path ?? text, place);
}

const request =
  /https?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])(?::[^/\s"'|]+)?(\/[^\s"'|)]*)?/;

/** The path that a command asks the machine itself for, as health checks do. */
export function requestPath(command: string): string | undefined {
  const match = request.exec(command);
  return match === null ? undefined : (match[1] ?? "/");
}

function addTimes(
  draft: Draft,
  healthcheck: HealthcheckSection,
  { flags, place }: Pick<Instruction, "flags" | "place">,
): void {
  for (const [flag, value] of Object.entries(flags)) {
    const seconds = parseSeconds(value);
    if (flag === "retries" && /^\d+$/.test(value)) healthcheck.retries = Number(value);
    else if (isTime(flag) && seconds !== undefined) healthcheck[flag] = seconds;
    else
      draft.warn(`--${flag}=${value} is not carried over`, "[healthcheck] has no such key", place);
  }
}

function isTime(flag: string): flag is "interval" | "timeout" | "start-period" {
  return flag === "interval" || flag === "timeout" || flag === "start-period";
}
