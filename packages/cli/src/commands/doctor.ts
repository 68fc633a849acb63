import { constants } from "node:fs";
import { access, stat, statfs } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import type { DoctorCheck } from "@hop3/core";
import { ExitCode } from "@hop3/core/base";
import { type Block, line, type Span } from "../blocks.ts";
import { at } from "../client.ts";
import type { Answer } from "../command.ts";
import { errorCode } from "../connection.ts";
import type { Context } from "../context.ts";
import { describeError } from "../errors.ts";
import type { Input } from "../input.ts";
import { formatBytes } from "../text.ts";

/** Below this a build is likely to fail half-way. */
const littleSpace = 2_000_000_000;

export async function doctor(_input: Input, context: Context): Promise<Answer> {
  const checks = await askServer(context);
  const problems = checks.filter(({ state }) => state === "problem").length;
  const warnings = checks.filter(({ state }) => state === "warning").length;
  const verdict =
    problems + warnings === 0
      ? "Everything is as it should be."
      : `${problems} to repair, ${warnings} to know about.`;
  return {
    json: { ok: problems === 0, checks },
    blocks: [...checks.flatMap(checkBlocks), line({ text: verdict, tone: "bold" })],
    exitCode: problems === 0 ? ExitCode.ok : ExitCode.failure,
  };
}

/** What the server has to say; without one, what can be seen from here and what to do first. */
async function askServer(context: Context): Promise<DoctorCheck[]> {
  try {
    const request = { path: at`/doctor`, signal: context.signal };
    const { checks } = await context.client.json(request, "DoctorChecks");
    return [{ name: "server", state: "ok", message: "the server answers" }, ...checks];
  } catch (error) {
    if (context.signal.aborted) throw error;
    const { message, hint } = describeError(error);
    const down: DoctorCheck = { name: "server", state: "problem", message, hint };
    return [down, await checkHome(context), await checkSpace(context), await checkNix(context)];
  }
}

async function checkHome(context: Context): Promise<DoctorCheck> {
  const name = "home";
  try {
    await access(context.home, constants.R_OK);
    return { name, state: "ok", message: `${context.home} is there` };
  } catch (error) {
    if (errorCode(error) === "ENOENT") {
      const message = `${context.home} does not exist yet; the first start makes it`;
      return { name, state: "warning", message };
    }
    const message = `${context.home} cannot be read by this user`;
    return { name, state: "problem", message, hint: "Run hop3 as the user who owns it" };
  }
}

async function checkSpace(context: Context): Promise<DoctorCheck> {
  const name = "space";
  const place = await nearestExisting(context.home);
  const { bavail, bsize } = await statfs(place);
  const free = bavail * bsize;
  const message = `${formatBytes(free)} free at ${place}`;
  if (free >= littleSpace) return { name, state: "ok", message };
  const hint = "Make room, for example with: nix-collect-garbage";
  return { name, state: "warning", message, hint };
}

async function nearestExisting(path: string): Promise<string> {
  try {
    await stat(path);
    return path;
  } catch (error) {
    const parent = dirname(path);
    if (parent === path) throw error;
    return await nearestExisting(parent);
  }
}

async function checkNix(context: Context): Promise<DoctorCheck> {
  const name = "nix";
  for (const directory of (context.env["PATH"] ?? "").split(delimiter)) {
    const program = join(directory, "nix-build");
    try {
      await access(program, constants.X_OK);
      return { name, state: "ok", message: program };
    } catch {
      // Not in this directory; the next one may have it.
    }
  }
  const hint = "Install it: apt-get install nix-bin";
  return { name, state: "problem", message: "there is no nix-build in PATH", hint };
}

const tones = { ok: "good", warning: "warn", problem: "bad" } as const;

function checkBlocks({ name, state, message, hint }: DoctorCheck): Block[] {
  const mark: Span = { text: state.padEnd(7), tone: tones[state] };
  const blocks = [line(mark, `  ${name}: ${message}`)];
  if (hint !== undefined) blocks.push(line({ text: "hint", tone: "warn" }, `     ${hint}`));
  return blocks;
}
