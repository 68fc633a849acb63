import type { LimitsSection } from "../../config/sections.ts";
import type { FlyWork } from "./work.ts";

/** Volumes of Fly become volumes of the app. */
export function convertMounts({ draft, document, fly }: FlyWork): void {
  const { mounts = [] } = fly;
  const list = Array.isArray(mounts) ? mounts : [mounts];
  for (const [index, { source, destination }] of list.entries()) {
    const place = document.placeOf(Array.isArray(mounts) ? ["mounts", index] : ["mounts"]);
    draft.volume(destination, source || `data-${index + 1}`);
    draft.fact("volume", destination, place);
  }
}

/** Directories that Fly serves itself. */
export function convertStatics({ draft, document, fly }: FlyWork): void {
  for (const [index, { guest_path, url_prefix }] of (fly.statics ?? []).entries()) {
    const place = document.placeOf(["statics", index]);
    const directory = guest_path.replace(/^\/(?:app|code|usr\/src\/app|workspace)\//, "");
    if (directory.startsWith("/")) {
      const reason = "it is a path of the image; name the directory of the package in [run] static";
      draft.warn(`the static directory ${guest_path} is not carried over`, reason, place);
      continue;
    }
    draft.staticPath(url_prefix.startsWith("/") ? url_prefix : `/${url_prefix}`, directory);
    draft.fact("static", `${url_prefix} from ${directory}`, place);
  }
}

/** The first machine's memory and processors count. */
export function convertLimits({ draft, document, fly }: FlyWork): void {
  const machines = Array.isArray(fly.vm) ? fly.vm : [fly.vm];
  const [first, ...others] = machines.filter((machine) => machine !== undefined);
  if (others.length > 0) {
    const reason = "limits are the same for all workers of an app";
    draft.warn("further [[vm]] are not carried over", reason, document.placeOf(["vm", 1]));
  }
  if (first === undefined) return;
  const place = document.placeOf(["vm"]);
  const limits: LimitsSection = {};
  const memory = memoryOf(first);
  if (memory !== undefined) limits.memory = memory;
  if (first.cpus !== undefined && first.cpus > 0) limits.cpu = first.cpus;
  if (memory === undefined && first.memory !== undefined) {
    draft.warn(
      `the memory ${first.memory} is not carried over`,
      "it is no number with a unit",
      place,
    );
  }
  if (Object.keys(limits).length > 0) draft.section({ limits });
}

interface Machine {
  readonly memory?: string | number | undefined;
  readonly memory_mb?: number | undefined;
}

/** Fly counts in MB where there is no unit. */
function memoryOf({ memory, memory_mb }: Machine): string | undefined {
  if (memory === undefined) return memory_mb === undefined ? undefined : `${memory_mb}M`;
  const match = /^(\d+)\s*([kmgt]?)i?b?$/i.exec(String(memory).trim());
  return match === null ? undefined : `${match[1]}${(match[2] || "M").toUpperCase()}`;
}
