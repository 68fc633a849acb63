import type { Draft } from "../draft.ts";
import type { Runtime } from "../runtimes.ts";
import { appPath } from "./origin.ts";
import { chainOf } from "./stages.ts";
import type { StageState } from "./state.ts";
import type { FoundRuntime } from "./steps.ts";

interface Question {
  readonly state: StageState;
  readonly builders: readonly StageState[];
  readonly found: ReadonlyMap<StageState, readonly FoundRuntime[]>;
}

/**
 * Decides the language of the app: that of the last image, of what is installed in it, of the stages it
 * takes files from; an image that only serves files comes last.
 */
export function convertRuntimes(draft: Draft, question: Question): void {
  const { state, builders, found } = question;
  const place = state.stage.from.place;
  noteImages(draft, state, builders);
  if (isServer(state)) convertServed(draft, state, builders);
  const candidates = candidatesOf(question);
  const [chosen] = candidates;
  if (chosen === undefined) return;
  draft.language(chosen, place);
  addInputs(draft, chosen, [...found.values()].flat());
  const others = new Map(candidates.map((runtime) => [runtime.toolchain, runtime]));
  others.delete(chosen.toolchain);
  others.delete("static");
  for (const runtime of others.values()) draft.language(runtime, place);
}

function isServer(state: StageState): boolean {
  return imageOf(state).runtime?.toolchain === "static";
}

function candidatesOf({ state, builders, found }: Question): readonly Runtime[] {
  const own = imageOf(state).runtime;
  const installed = (each: StageState) => (found.get(each) ?? []).map(({ runtime }) => runtime);
  const candidates = [
    isServer(state) ? undefined : own,
    ...installed(state),
    ...builders.flatMap((builder) => [imageOf(builder).runtime, ...installed(builder)]),
    own,
  ];
  return candidates.filter((runtime) => runtime !== undefined);
}

/** What commands of this language say about its template. */
function addInputs(draft: Draft, chosen: Runtime, found: readonly FoundRuntime[]): void {
  for (const { runtime, outcome } of found) {
    const { template } = runtime;
    if (template === undefined || template !== chosen.template) continue;
    draft.template(template, "inputs" in outcome ? outcome.inputs : undefined);
  }
}

/** The image that a stage stands on in the end. */
function imageOf({ stage }: StageState) {
  return (chainOf(stage)[0] ?? stage).image;
}

function noteImages(draft: Draft, state: StageState, builders: readonly StageState[]): void {
  for (const { stage } of [...builders, state]) {
    const root = chainOf(stage)[0] ?? stage;
    const { image, reference, from } = root;
    draft.fact("base image", reference, from.place);
    if (image.runtime === undefined && !image.isDistribution) {
      const shown = reference === "" ? from.rest : reference;
      const reason =
        "it stands for no language that Hop3 has a template for; what it brings is missing";
      draft.warn(`the image ${shown} is not carried over`, reason, from.place);
    }
    const version = /^\d[\d.]*/.exec(image.tag ?? "")?.[0];
    if (image.runtime === undefined || version === undefined) continue;
    const reason = "the package set decides the version; hop3 packages search shows which it has";
    draft.warn(`the version ${version} of ${image.name} is not carried over`, reason, from.place);
  }
}

const serverRoots = [
  "/usr/share/nginx/html",
  "/var/www/html",
  "/usr/local/apache2/htdocs",
  "/usr/share/caddy",
  "/srv",
];

/** The directory that a web server image serves becomes `[run] static`. */
function convertServed(draft: Draft, state: StageState, builders: readonly StageState[]): void {
  for (const { source, target, stage, place } of state.copies) {
    const isRoot = serverRoots.includes(target);
    if (!isRoot) {
      if (target.startsWith("/etc/") || target.includes("Caddyfile")) {
        const reason = "the router stands in front of the app; its settings are not the app's";
        draft.warn(`COPY ${source} is not carried over`, reason, place);
      }
      continue;
    }
    const builder = builders.find(({ stage: { index } }) => index === stage);
    const built = builder === undefined ? source : appPath(builder, source);
    const directory = built ?? source.replace(/^\//, "");
    draft.staticPath("/", directory.replace(/^\.\//, "").replace(/(?<=.)\/+$/, ""));
    draft.fact("static", directory, place);
  }
}
