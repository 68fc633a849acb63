import { z } from "zod";
import { PreviewAddons } from "../artifact/release-settings.ts";
import { BranchName, VariableName } from "../names.ts";
import { configDefaults, Duration, explain } from "./values.ts";

export const DeploySection = z.strictObject({
  strategy: explain(
    z.enum(["blue-green", "stop-first", "canary"]).optional(),
    "Whether the old Release serves until the new one answers, ends before, or shares its requests with it for a time",
    configDefaults.strategy,
  ),
  "canary-share": explain(
    z.number().min(1).max(99).optional(),
    "Percent of the requests that the new Release is tried with (strategy canary)",
    configDefaults.canaryShare,
  ),
  "canary-time": explain(
    Duration.optional(),
    "How long it is tried before all requests go to it",
    configDefaults.canaryTime,
  ),
  "drain-timeout": explain(
    Duration.optional(),
    "Longest time for requests in flight after the switch",
    configDefaults.drainTimeout,
  ),
  keep: explain(
    z.int().min(1).max(1000).optional(),
    "Releases that stay restorable",
    configDefaults.keep,
  ),
  branch: explain(
    BranchName.optional(),
    "Branch whose push deploys, unless `hop3 git branch` has chosen another",
    "main",
  ),
  preview: explain(z.boolean().optional(), "Deploy other branches as previews", false),
  "preview-config": explain(
    z.array(VariableName).optional(),
    "Stored variables of the app that its previews get, too",
    [],
  ),
  "preview-addons": explain(
    PreviewAddons.optional(),
    "Whether previews get addons of their own, which begin empty and go with them, or none",
    "own",
  ),
});
