import type { Command } from "../artifact/runtime-config.ts";
import type { NixSection } from "../config/nix-section.ts";
import type { ConfigFile } from "../config/schema.ts";
import type { EnvValue, MetadataSection, WorkerTable } from "../config/sections.ts";
import { DomainsSection } from "../config/sections.ts";
import type { AddonEntry, VolumeEntry } from "../config/service-sections.ts";
import type { Place } from "../errors.ts";
import { maxInstances } from "../limits.ts";
import { VariableName, WorkerName } from "../names.ts";
import type {
  Conversion,
  ConversionFact,
  ConversionHints,
  ConversionWarning,
} from "./conversion.ts";
import type { Runtime } from "./runtimes.ts";

/** Set by Hop3 for every process. */
const platformVariables: ReadonlySet<string> = new Set(["PORT", "HOST", "BIND_ADDRESS"]);

type Named<Table> = { -readonly [Key in keyof Table]: Table[Key] };

/** Collects what one converter finds; every rule that holds for all of them is here, once. */
export class Draft {
  private readonly file: string;
  private readonly warnings: ConversionWarning[] = [];
  private readonly facts: ConversionFact[] = [];
  private readonly workers = new Map<string, Named<WorkerTable>>();
  private readonly missing = new Set<string>();
  private readonly variables = new Map<string, EnvValue>();
  private readonly addons: AddonEntry[] = [];
  private readonly volumes: VolumeEntry[] = [];
  private readonly domains = new Set<string>();
  private readonly beforeRun: Command[] = [];
  private readonly staticPaths = new Map<string, string>();
  private readonly steps = { "before-build": [], build: [], "after-build": [] } as Record<
    Step,
    string[]
  >;
  private readonly packages = new Set<string>();
  private metadata: MetadataSection = {};
  private sections: ConfigFile = {};
  private hints: ConversionHints = {};
  private startSeconds: number | undefined;

  constructor(file: string) {
    this.file = file;
  }

  warn(message: string, reason: string, place: Place): void {
    this.warnings.push({ message, reason, place });
  }

  fact(what: string, value: string, place: Place): void {
    this.facts.push({ what, value, place });
  }

  /** Adds to a worker; several calls for one name refine it. Returns the name it has got. */
  worker(written: string, table: WorkerTable, place: Place): string {
    const name = workerName(written);
    if (name !== written) {
      const reason = "names of workers start with a letter and have letters, digits, - and _ only";
      this.warn(`the process '${written}' is called ${name} here`, reason, place);
    }
    const found = this.workers.get(name);
    if (found?.command !== undefined && table.command !== undefined) {
      this.warn(`a second ${name} is not carried over`, "a worker has one command", place);
      return name;
    }
    const limited = this.limitInstances(name, table, place);
    // Without its number of instances nothing may be left to say.
    if (Object.keys(limited).length > 0) this.workers.set(name, { ...found, ...limited });
    return name;
  }

  private limitInstances(name: string, table: WorkerTable, place: Place): WorkerTable {
    const { instances, ...rest } = table;
    if (instances === undefined || (instances >= 1 && instances <= maxInstances)) return table;
    const reason =
      instances < 1
        ? `a worker that is declared starts with one; after the first deploy: hop3 scale ${name}=0`
        : `at most ${maxInstances} are possible`;
    this.warn(`${name} has ${instances} instances, which is not carried over`, reason, place);
    return instances < 1 ? rest : { ...rest, instances: maxInstances };
  }

  variable(name: string, value: EnvValue, place: Place): void {
    if (platformVariables.has(name)) {
      const reason = "Hop3 gives each process an address of its own in $BIND_ADDRESS and $PORT";
      this.warn(`the variable ${name} is not carried over`, reason, place);
      return;
    }
    if (!VariableName.safeParse(name).success || name === "_policy" || name === "computed") {
      const reason = "names of variables have letters, digits and _, and no digit first";
      this.warn(`the variable '${name}' is not carried over`, reason, place);
      return;
    }
    const above = this.variables.get(name);
    if (above !== undefined && JSON.stringify(above) !== JSON.stringify(value)) {
      const reason = "variables are the same for all workers, and it is set before";
      this.warn(`a second value of ${name} is not carried over`, reason, place);
    } else this.variables.set(name, value);
  }

  /** A variable whose value is not in the file. */
  missingVariable(name: string, reason: string, place: Place): void {
    if (this.missing.has(name)) return;
    this.missing.add(name);
    this.warn(`the variable ${name} has no value`, `${reason}; hop3 config set ${name}`, place);
  }

  addon(addon: AddonEntry): void {
    const isThere = this.addons.some(
      ({ type, name }) => type === addon.type && name === addon.name,
    );
    if (!isThere) this.addons.push(addon);
  }

  volume(target: string, name: string): void {
    if (this.volumes.some((volume) => volume.target === target)) return;
    this.volumes.push({ name, target });
  }

  domain(name: string, place: Place): void {
    const parsed = DomainsSection.safeParse({ list: [name] });
    if (parsed.success) this.domains.add(name.toLowerCase());
    else this.warn(`the domain '${name}' is not carried over`, "it is no plain host name", place);
  }

  release(command: Command): void {
    this.beforeRun.push(command);
  }

  staticPath(prefix: string, directory: string): void {
    this.staticPaths.set(prefix, directory === "" ? "." : directory);
  }

  step(step: Step, command: string): void {
    if (command.trim() !== "") this.steps[step].push(command.trim());
  }

  package(name: string): void {
    this.packages.add(name);
  }

  describe(metadata: MetadataSection): void {
    const filled = Object.entries(metadata).filter(([, value]) => value !== "");
    this.metadata = { ...Object.fromEntries(filled), ...this.metadata };
  }

  /** Time that a start may take. */
  startTimeout(seconds: number): void {
    this.startSeconds = seconds;
  }

  /** How processes are asked to stop: a setting for all workers. */
  stop({ signal, timeoutSeconds, place }: StopRule): void {
    const names = this.workers.size === 0 ? ["web"] : [...this.workers.keys()];
    const table: WorkerTable = {
      ...(signal === undefined ? {} : { "stop-signal": signal }),
      ...(timeoutSeconds === undefined ? {} : { "stop-timeout": timeoutSeconds }),
    };
    if (Object.keys(table).length === 0) return;
    for (const name of names) this.worker(name, table, place);
  }

  /** Sections that are taken as they are: healthcheck, deploy, limits. */
  section(section: Pick<ConfigFile, "healthcheck" | "deploy" | "limits">): void {
    this.sections = { ...this.sections, ...section };
  }

  /** The language of the app; another one after it is only mentioned. */
  language(runtime: Runtime, place: Place): void {
    const { toolchain = runtime.toolchain } = this.hints;
    this.hints = { ...this.hints, toolchain };
    if (toolchain === runtime.toolchain) {
      if (runtime.template !== undefined) this.template(runtime.template);
      return;
    }
    const reason = `the app is taken for one of ${toolchain}; add what the build needs to packages`;
    this.warn(`${runtime.toolchain} is used beside ${toolchain}`, reason, place);
  }

  port(port: number): void {
    this.hints = { port, ...this.hints };
  }

  /** The first template counts; inputs of another one are not its own. */
  template(template: string, inputs: NixSection = {}): void {
    const { nix = { template } } = this.hints;
    if (nix.template !== template) return;
    const merged = Object.entries(inputs).map(([key, value]) => [key, joinLists(nix, key, value)]);
    this.hints = { ...this.hints, nix: { ...nix, ...Object.fromEntries(merged) } };
  }

  finish(): Conversion {
    const config: ConfigFile = {
      ...sectionOf("metadata", this.metadata),
      ...sectionOf("build", this.buildSection()),
      ...sectionOf("run", this.runSection()),
      ...sectionOf("env", Object.fromEntries(this.variables)),
      ...sectionOf("addons", this.addons),
      ...sectionOf("volumes", this.volumes),
      ...this.sections,
      ...(this.domains.size === 0 ? {} : { domains: { list: [...this.domains] } }),
    };
    const warnings = this.warnings.toSorted(byPlace);
    const facts = this.facts.toSorted(byPlace);
    return { file: this.file, config, warnings, facts, hints: this.hints };
  }

  private buildSection(): ConfigFile["build"] {
    const steps = Object.entries(this.steps).filter(([, commands]) => commands.length > 0);
    const packages = [...this.packages];
    return {
      ...Object.fromEntries(steps.map(([step, commands]) => [step, oneOrMany(commands)])),
      ...(packages.length === 0 ? {} : { packages }),
    };
  }

  private runSection(): ConfigFile["run"] {
    const workers = [...this.workers].map(([name, table]) => [name, shortWorker(table)] as const);
    return {
      ...(workers.length === 0 ? {} : { workers: Object.fromEntries(workers) }),
      ...(this.beforeRun.length === 0 ? {} : { "before-run": oneOrMany(this.beforeRun) }),
      ...(this.startSeconds === undefined ? {} : { "start-timeout": this.startSeconds }),
      ...(this.staticPaths.size === 0 ? {} : { static: Object.fromEntries(this.staticPaths) }),
    };
  }
}

/** Places of one file in the order of the file. */
function byPlace(a: { readonly place: Place }, b: { readonly place: Place }): number {
  const lines = (a.place.line ?? 0) - (b.place.line ?? 0);
  return lines === 0 ? (a.place.column ?? 0) - (b.place.column ?? 0) : lines;
}

/** Several installations add to one list. */
function joinLists(nix: NixSection, key: string, value: unknown): unknown {
  const above = new Map<string, unknown>(Object.entries(nix)).get(key);
  return Array.isArray(above) && Array.isArray(value) ? [...new Set([...above, ...value])] : value;
}

interface StopRule {
  readonly signal: WorkerTable["stop-signal"];
  readonly timeoutSeconds: number | undefined;
  readonly place: Place;
}

/** The stop signal of this name, with or without SIG in front, where workers can have it. */
export function stopSignal(name: string): WorkerTable["stop-signal"] {
  const bare = name.toUpperCase().replace(/^SIG/, "");
  return stopSignals.find((signal) => signal === bare);
}

const stopSignals = ["TERM", "INT", "QUIT", "HUP", "USR1", "USR2", "WINCH"] as const;

type Step = "before-build" | "build" | "after-build";

function sectionOf<Key extends keyof ConfigFile>(
  key: Key,
  value: ConfigFile[Key],
): Pick<ConfigFile, never> {
  return value === undefined || Object.keys(value).length === 0 ? {} : { [key]: value };
}

/** A list of one command that is itself a list would read as several commands. */
function oneOrMany<Item extends Command>(items: readonly Item[]): Item | Item[] {
  const [only] = items;
  return items.length === 1 && typeof only === "string" ? only : [...items];
}

function shortWorker(table: WorkerTable): Command | WorkerTable {
  const { command, ...rest } = table;
  return command !== undefined && Object.keys(rest).length === 0 ? command : table;
}

/** The nearest name a worker may have. */
function workerName(written: string): string {
  if (WorkerName.safeParse(written).success) return written;
  const name = written
    .replace(/[^A-Za-z0-9_-]+/g, "-")
    .replace(/^[^A-Za-z]+/, "")
    .slice(0, 31);
  return name === "" ? "worker" : name;
}
