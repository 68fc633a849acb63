import type { z } from "zod";
import { Tier } from "../artifact/build-artifact.ts";
import type { LoadedConfig } from "../config/load.ts";
import type { KeyPath } from "../config/positions.ts";
import type { Answer } from "./choose-builder.ts";
import type { Plan } from "./plan.ts";
import { policyTier } from "./plan-errors.ts";

/** What `[policy] require-tier` may ask for: nothing is required of `unpinned`. */
export const RequiredTier = Tier.exclude(["unpinned"]);
export type RequiredTier = z.infer<typeof RequiredTier>;

/** Tiers are listed with the best in front. */
export function isBelow(tier: Tier, required: RequiredTier): boolean {
  return Tier.options.indexOf(tier) > Tier.options.indexOf(required);
}

/** What decides where the running bytes will come from. */
export interface TierQuestion {
  readonly answer: Pick<Answer, "builder" | "template">;
  readonly nix: Pick<Plan["nix"], "file" | "pure">;
  readonly isHost: boolean;
  /** Away from a server nobody knows: then it is taken to have a sandbox. */
  readonly isSandboxed: boolean;
}

/** A tier with what it comes from, and what could make it a better one. */
export interface JudgedTier {
  readonly tier: Tier;
  readonly because: string;
  readonly hint: string;
  /** The key of hop3.toml that lies behind it. */
  readonly key: KeyPath;
}

/** An app's own hop3.nix is built here, from source, against the package set; a template says what it makes. */
export function judgeTier(question: TierQuestion): JudgedTier {
  const { answer, nix } = question;
  if (answer.builder !== "nix") return judgeUnpinned(question);
  if (!question.isSandboxed) {
    return {
      tier: "unpinned",
      because: "this server builds out of the sandbox",
      hint: "Ask the operator: [policy] sandbox = false in server.toml makes every app unpinned",
      key: [],
    };
  }
  if (!nix.pure) {
    return {
      tier: "unpinned",
      because: "[build.nix] pure = false lets its evaluation read the machine",
      hint: "Remove the line, so that the build sees the Source and the package set alone",
      key: ["build", "nix", "pure"],
    };
  }
  const { template } = answer;
  if (template === undefined) return judgeSource(`${nix.file} is built here, from source`, []);
  const { id, tier } = template.template;
  const key = ["nix", "template"];
  if (tier === "source") return judgeSource(`the template '${id}' builds it here`, key);
  return {
    tier,
    because:
      tier === "nixpkgs"
        ? `the template '${id}' runs what the package set has`
        : `the template '${id}' runs a file that others built`,
    hint: "Build it from source, by another template or a hop3.nix; hop3 nix tiers lists the templates with their tiers",
    key,
  };
}

function judgeSource(because: string, key: KeyPath): JudgedTier {
  const hint =
    'Run what the package set has: [nix] template = "nixpkgs-wrapper", or ask the operator for another [policy] require-tier';
  return { tier: "source", because, hint, key };
}

const whyUnpinned: Readonly<Record<string, string>> = {
  local: "the local builder's tools download what nobody has pinned",
  docker: "steps of a Dockerfile download what nobody has pinned",
};

function judgeUnpinned({ answer: { builder }, isHost }: TierQuestion): JudgedTier {
  const why = whyUnpinned[builder] ?? `nothing says what the builder '${builder}' takes in`;
  const host = isHost ? ", and its programs are the host's ([build] toolchain-source)" : "";
  return {
    tier: "unpinned",
    because: `${why}${host}`,
    hint: "Let the nix builder take it: hop3 plan --why says what its templates lack, such as a lockfile; or write a hop3.nix",
    key: ["build", "method"],
  };
}

/** Stops what the operator does not want here, before anything is built. */
export function requireTier(
  judged: JudgedTier,
  required: RequiredTier | undefined,
  loaded: LoadedConfig,
): void {
  if (required === undefined || !isBelow(judged.tier, required)) return;
  const { tier, because, hint, key } = judged;
  throw policyTier({ tier, because, hint, required, place: loaded.placeOf(key) });
}
