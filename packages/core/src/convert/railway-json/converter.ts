import { checkDocument } from "../check-document.ts";
import type { Converter, LocatedDocument } from "../conversion.ts";
import { Draft } from "../draft.ts";
import { readJson } from "../read-json.ts";
import { readToml } from "../read-toml.ts";
import { RailwayJson } from "./schema.ts";

export const railwayJsonConverter: Converter = {
  id: "railway-json",
  title: "railway.json or railway.toml",
  files: ["railway.json", "railway.toml"],
  isImplicit: false,

  convert({ text, file }) {
    const document = file.endsWith(".toml") ? readToml(text, file) : readJson(text, file);
    const draft = new Draft(file);
    const work: Work = { draft, document, railway: checkDocument(RailwayJson, document, draft) };
    convertBuild(work);
    convertCommands(work);
    convertDeploy(work);
    return draft.finish();
  },
};

interface Work {
  readonly draft: Draft;
  readonly document: LocatedDocument;
  readonly railway: RailwayJson;
}

function convertBuild({ draft, document, railway }: Work): void {
  const { builder, buildCommand } = railway.build ?? {};
  if (builder !== undefined) {
    const place = document.placeOf(["build", "builder"]);
    const reason =
      builder.toUpperCase() === "DOCKERFILE"
        ? "Hop3 builds without Docker; hop3 init --from dockerfile reads the Dockerfile"
        : "Hop3 looks for itself what the app is written in";
    draft.warn(`the builder ${builder} is not carried over`, reason, place);
  }
  if (buildCommand === undefined) return;
  draft.step("build", buildCommand);
  draft.fact("build", buildCommand, document.placeOf(["build", "buildCommand"]));
}

function convertCommands({ draft, document, railway }: Work): void {
  const { startCommand, preDeployCommand, cronSchedule } = railway.deploy ?? {};
  const before = typeof preDeployCommand === "string" ? [preDeployCommand] : preDeployCommand;
  for (const command of before ?? []) {
    if (command.trim() === "") continue;
    draft.release(command.trim());
    draft.fact("before a Release", command, document.placeOf(["deploy", "preDeployCommand"]));
  }
  const command = startCommand?.trim();
  const place = document.placeOf(["deploy", "startCommand"]);
  if (cronSchedule) {
    if (command) {
      draft.worker("cron", { command, kind: "cron", schedule: cronSchedule }, place);
    } else {
      const reason = "a cron worker needs a command, and deploy.startCommand is not set";
      draft.warn("deploy.cronSchedule is not carried over", reason, place);
    }
  } else if (command) {
    draft.worker("web", { command }, place);
  }
  if (command) draft.fact("start", command, place);
}

function convertDeploy({ draft, document, railway }: Work): void {
  const { deploy = {} } = railway;
  const placeOf = (key: keyof typeof deploy) => document.placeOf(["deploy", key]);
  if (typeof deploy.numReplicas === "number" && !deploy.cronSchedule) {
    draft.worker("web", { instances: deploy.numReplicas }, placeOf("numReplicas"));
  }
  if (deploy.healthcheckPath) {
    const path = deploy.healthcheckPath;
    draft.section({ healthcheck: { path: path.startsWith("/") ? path : `/${path}` } });
    draft.fact("health check", path, placeOf("healthcheckPath"));
  }
  if (typeof deploy.healthcheckTimeout === "number") {
    // Railway's timeout is the time until a deploy has to answer, not that of one request.
    draft.startTimeout(deploy.healthcheckTimeout);
  }
  if (typeof deploy.drainingSeconds === "number") {
    draft.section({ deploy: { "drain-timeout": deploy.drainingSeconds } });
  }
  const { restartPolicyType } = deploy;
  if (restartPolicyType === undefined || restartPolicyType.toUpperCase() === "ALWAYS") return;
  const reason = "a process that ends is always started again";
  draft.warn(
    `restartPolicyType ${restartPolicyType} is not carried over`,
    reason,
    placeOf("restartPolicyType"),
  );
}
