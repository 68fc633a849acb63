import { join, relative, resolve } from "node:path";
import type { AppName, DeploymentSummary, LoadedConfig } from "@hop3/core";
import { appOfDirectory } from "../app.ts";
import { line } from "../blocks.ts";
import { at } from "../client.ts";
import type { Answer } from "../command.ts";
import { readConfigFile, resolveFrom } from "../config-file.ts";
import type { Context } from "../context.ts";
import { interrupted, noDeploymentRunning, usageError } from "../errors.ts";
import type { Input } from "../input.ts";
import { formatBytes, plural } from "../text.ts";
import { answerDeployment, deploymentJson } from "../timeline/outcome.ts";

export async function deploy(input: Input, context: Context): Promise<Answer> {
  const directory = resolveFrom(context, input.args[0] ?? ".");
  const watch = input.flag("watch");
  const cancel = input.flag("cancel");
  if (watch && cancel) {
    throw usageError({ message: "--watch and --cancel exclude each other", hint: "Give one" });
  }
  const below = pathBelow(directory, input.text("path"));
  const app = input.app() ?? (await appOfDirectory(join(directory, below ?? ".")));
  if (cancel) return await cancelDeployment(app, context);
  const deployment = watch
    ? await findNewest(app, context)
    : await startDeployment(app, { directory, below }, { input, context });
  return await answerDeployment(context, deployment, { detach: input.flag("detach") });
}

/** What is sent, and the directory of it that is the app. */
interface Sent {
  readonly directory: string;
  readonly below: string | undefined;
}

/** `--path` relative to the directory that is sent, however it was written. */
function pathBelow(directory: string, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const below = relative(directory, resolve(directory, path));
  if (below === "") return undefined;
  if (below !== ".." && !below.startsWith("../")) return below;
  const message = `--path ${path} is not below ${directory}`;
  throw usageError({
    message,
    hint: "Name a directory of the one that is deployed: --path apps/web",
  });
}

/** Settings of the app's own hop3.toml, seen from the top of its repository; the server applies its ignore. */
function ofRepository(loaded: LoadedConfig | undefined, below: string): LoadedConfig | undefined {
  if (loaded === undefined) return undefined;
  const allowed = loaded.config.build?.["allow-secrets"] ?? [];
  const build = { "allow-secrets": allowed.map((path) => `${below}/${path}`) };
  return { ...loaded, config: { ...loaded.config, build } };
}

async function startDeployment(
  app: AppName,
  { directory, below }: Sent,
  { input, context }: { input: Input; context: Context },
): Promise<DeploymentSummary> {
  const { listSource } = await import("../source.ts");
  const { hasCode, uploadSource } = await import("../upload/upload-source.ts");
  const loaded = await readConfigFile(join(directory, below ?? "."));
  const config = below === undefined ? loaded : ofRepository(loaded, below);
  const entries = await listSource(directory, config, context);
  const bytes = entries.reduce((sum, { size }) => sum + size, 0);
  const amount = `${plural(entries.length, "file")}, ${formatBytes(bytes)}`;
  context.output.print(line(`Deploying ${app} from ${directory} (${amount})`));
  const start = async (): Promise<DeploymentSummary> => {
    const upload = await uploadSource({ app, directory, loaded: config, entries }, context);
    const request = { force: input.flag("force") || undefined, revision: input.text("revision") };
    return await context.client.json(
      {
        method: "POST",
        path: at`/apps/${app}/deployments`,
        query: { ...request, path: below, upload },
        signal: context.signal,
      },
      "DeploymentSummary",
    );
  };
  try {
    return await start().catch(async (error: unknown) => {
      if (!hasCode(error, "UPLOAD_INCOMPLETE", "UPLOAD_NOT_FOUND")) throw error;
      // Swept away between the last file and the deployment: what is missing is sent again.
      return await start();
    });
  } catch (error) {
    if (!context.signal.aborted) throw error;
    const message = `stopped while the files of ${app} were sent; nothing was deployed`;
    throw interrupted({ message, hint: "What has arrived stays for a day: hop3 deploy goes on" });
  }
}

const goingOn: readonly string[] = ["queued", "running", "live"];

/** The deployment under way; where it has just ended, whoever wants to watch sees how. */
async function findNewest(app: AppName, context: Context): Promise<DeploymentSummary> {
  const { deployments } = await context.client.json(
    { path: at`/apps/${app}/deployments`, query: { limit: 10 }, signal: context.signal },
    "Deployments",
  );
  const found = deployments.find(({ state }) => goingOn.includes(state)) ?? deployments[0];
  if (found === undefined) throw noDeploymentRunning({ app });
  return found;
}

async function cancelDeployment(app: AppName, context: Context): Promise<Answer> {
  const { id, state } = await findNewest(app, context);
  if (!goingOn.includes(state)) throw noDeploymentRunning({ app });
  const deployment = await context.client.json(
    { method: "POST", path: at`/deployments/${id}/cancel`, body: {}, signal: context.signal },
    "DeploymentSummary",
  );
  const said = `Deployment ${id} of ${app} is being cancelled; users stay on what runs now.`;
  return { json: deploymentJson(deployment), blocks: [line(said)] };
}
