import { join } from "node:path";
import {
  type AppName,
  generatePlanned,
  type VerificationState,
  withoutNixSection,
} from "@hop3/core";
import { line, type Span, table } from "../blocks.ts";
import { at } from "../client.ts";
import type { Answer } from "../command.ts";
import type { Context } from "../context.ts";
import { readIfThere, writeText } from "../files.ts";
import type { Input } from "../input.ts";
import { readNixProject } from "../nix-project.ts";
import { planParts } from "../plan-parts.ts";
import { formatAge } from "../text.ts";

/** Prints the expression that a deploy would build. */
export async function nixPlan(input: Input, context: Context): Promise<Answer> {
  const { plan, text } = await generate(input, context);
  const { template, file } = plan.nix;
  return {
    json: { template, tier: plan.tier, file, reason: plan.reason, text, warnings: plan.warnings },
    blocks: [],
    raw: text,
  };
}

/** Makes the expression a file of the project. */
export async function nixEject(input: Input, context: Context): Promise<Answer> {
  const { directory, plan, text } = await generate(input, context);
  const { file } = plan.nix;
  const config = join(directory, "hop3.toml");
  const before = await readIfThere(config);
  const after = before === undefined ? undefined : withoutNixSection(before);
  await writeText(join(directory, file), text, { flag: "wx" });
  const hasChanged = after !== undefined && after !== before;
  if (hasChanged) await writeText(config, after);
  const also = hasChanged ? ", and took [nix] out of hop3.toml" : "";
  return {
    json: { file, template: plan.nix.template, configChanged: hasChanged },
    blocks: [
      line(`Wrote ${file}${also}`),
      line("The next deploy builds this file; the template has no part in it any more."),
    ],
  };
}

/** Lists the Releases of an app with tier and measurement; without one, templates with the tier of what they make. */
export async function nixTiers(input: Input, context: Context): Promise<Answer> {
  const app = input.app();
  return app === undefined ? await templateTiers(context) : await releaseTiers(app, context);
}

async function releaseTiers(app: AppName, context: Context): Promise<Answer> {
  const request = { path: at`/apps/${app}/releases`, signal: context.signal };
  const { releases } = await context.client.json(request, "Releases");
  const rows = releases.map(({ number, state, tier, verified }) => ({
    release: number,
    state,
    tier,
    verified,
  }));
  const none = line(`${app} has no Releases yet. Deploy it: hop3 deploy DIR --app ${app}`);
  const shown = table(
    ["release", "state", "tier", "measured", "when"],
    rows.map(({ release, state, tier, verified }) => [
      String(release),
      state,
      tier ?? "-",
      measuredSpan(verified?.state),
      verified === undefined ? "-" : formatAge(verified.at, context.now()),
    ]),
  );
  return { json: { app, releases: rows }, blocks: rows.length === 0 ? [none] : [shown] };
}

function measuredSpan(state: VerificationState | undefined): Span {
  if (state === undefined) return { text: "not yet", tone: "dim" };
  return { text: state, tone: state === "reproducible" ? "good" : "bad" };
}

async function templateTiers(context: Context): Promise<Answer> {
  const { templates } = await planParts(context);
  return {
    json: templates.map(({ id, tier, title, description }) => ({ id, tier, title, description })),
    blocks: [
      table(
        ["template", "tier", "what it makes"],
        templates.map(({ id, tier, title }) => [id, tier, title]),
      ),
    ],
  };
}

async function generate(input: Input, context: Context) {
  const { directory, plan, request } = await readNixProject(input, context);
  return { directory, plan, text: await generatePlanned(plan, request) };
}
