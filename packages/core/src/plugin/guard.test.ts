import { describe, expect, it } from "vitest";
import { defineError, ExitCode, Hop3Error } from "../errors.ts";
import { builtInParts } from "../plan/built-in.ts";
import { makePlan } from "../plan/make-plan.ts";
import { makeMemoryTree } from "../source/tree.ts";
import { collectPlanParts } from "./collect.ts";
import { guardPlugin } from "./guard.ts";
import type { PluginHost } from "./host.ts";
import { definePlugin, type Plugin } from "./plugin.ts";

function boom(): never {
  throw new Error("boom");
}

/** Every hook of every kind throws; the casts are what a plug-in in JavaScript may hand over. */
const angry = definePlugin({
  name: "angry",
  builders: [{ name: "crate", accept: boom, create: boom }],
  toolchains: [{ name: "cobol", detect: boom, tools: boom, build: boom }],
  templates: [
    {
      id: "mainframe",
      title: "",
      description: "",
      tier: "source",
      keys: [],
      required: [],
      detect: boom,
      reads: boom,
      render: boom,
    },
  ],
  converters: [{ id: "jcl", title: "JCL", files: ["job.jcl"], isImplicit: false, convert: boom }],
  addons: [{ type: "tape", create: boom, connection: boom, destroy: boom }],
  supervisors: [{ name: "init", create: boom }],
  routers: [{ name: "pigeon", create: boom }],
  checks: [{ name: "weather", check: boom }],
  commands: [{ name: "shout", summary: "", load: boom }],
});

const host = {} as PluginHost;

function failureOf(work: () => unknown): Hop3Error["failure"] {
  try {
    work();
  } catch (error) {
    if (error instanceof Hop3Error) return error.failure;
    throw error;
  }
  throw new Error("nothing failed");
}

describe("a plug-in that throws in every hook", () => {
  const guarded = guardPlugin(angry);

  it("answers no in a Plan, with its name", () => {
    const parts = collectPlanParts([{ name: "hop3", ...builtInParts }, guarded]);
    const plan = makePlan({ tree: makeMemoryTree({ "hop3.nix": "" }), parts });
    expect(plan.builder).toBe("nix");
    expect(plan.answers.find(({ builder }) => builder === "crate")).toMatchObject({
      accepted: false,
      reason: "builder 'crate' of the plug-in angry failed in accept: boom",
    });
  });

  it("does not keep the other templates and toolchains from their answers", () => {
    const parts = collectPlanParts([guarded, { name: "hop3", ...builtInParts }]);
    const plan = makePlan({ tree: makeMemoryTree({ "index.html": "" }), parts });
    expect(plan.nix.template).toBe("static-site");
  });

  it("is a problem in hop3 doctor", async () => {
    expect(await guarded.checks?.[0]?.check(host)).toEqual({
      state: "problem",
      message: "check 'weather' of the plug-in angry failed in check: boom",
    });
  });

  const calls: readonly (readonly [string, () => unknown])[] = [
    ["builder 'crate'", () => guarded.builders?.[0]?.create(host)],
    ["supervisor 'init'", () => guarded.supervisors?.[0]?.create(host)],
    ["router 'pigeon'", () => guarded.routers?.[0]?.create(host)],
    ["toolchain 'cobol'", () => guarded.toolchains?.[0]?.tools(makeMemoryTree({}))],
    ["template 'mainframe'", () => guarded.templates?.[0]?.render({} as never)],
    ["converter 'jcl'", () => guarded.converters?.[0]?.convert({} as never)],
    ["addon 'tape'", () => guarded.addons?.[0]?.create({} as never, host)],
  ];

  it.each(calls)("%s fails with PLUGIN_FAILED", (part, call) => {
    const failure = failureOf(call);
    expect(failure.code).toBe("PLUGIN_FAILED");
    expect(failure.exitCode).toBe(ExitCode.plugin);
    expect(failure.message).toContain(`${part} of the plug-in angry failed in `);
  });

  it("names the command that fails to load", async () => {
    const loading = guarded.commands?.[0]?.load?.();
    await expect(loading).rejects.toMatchObject({ code: "PLUGIN_FAILED" });
  });
});

describe("guardPlugin", () => {
  it("guards what a maker returns, methods of a class included", async () => {
    class Made {
      readonly name = "late";
      async build(): Promise<never> {
        throw new TypeError("not yet");
      }
    }
    const plugin: Plugin = {
      name: "late",
      builders: [
        { name: "late", accept: () => ({ accepted: true, reason: "r" }), create: () => new Made() },
      ],
    };
    const builder = guardPlugin(plugin).builders?.[0]?.create(host);
    expect(builder?.name).toBe("late");
    await expect(builder?.build({} as never, {} as never)).rejects.toMatchObject({
      code: "PLUGIN_FAILED",
      message: "builder 'late' of the plug-in late failed in build: not yet",
    });
  });

  it("lets a failure pass that the plug-in has worded itself", () => {
    const wrong = defineError<object>({
      code: "OWN",
      exitCode: ExitCode.usage,
      status: 422,
      message: () => "write it so",
    });
    const plugin: Plugin = {
      name: "kind",
      toolchains: [
        {
          name: "kind",
          detect: () => ({ fits: true, reason: "r" }),
          tools: () => {
            throw wrong({});
          },
          build: boom,
        },
      ],
    };
    const call = () => guardPlugin(plugin).toolchains?.[0]?.tools(makeMemoryTree({}));
    expect(failureOf(call).code).toBe("OWN");
  });

  it.each([undefined, null, {}, { fits: true }, "yes"])("takes %j for no answer", (answer) => {
    const plugin = {
      name: "mute",
      toolchains: [{ name: "mute", detect: () => answer, tools: boom, build: boom }],
    } as unknown as Plugin;
    const detect = guardPlugin(plugin).toolchains?.[0]?.detect({} as never);
    expect(detect).toMatchObject({ fits: false });
    expect(detect?.reason).toContain("gave no answer with a reason");
  });

  it("keeps properties, so that a part can be copied", () => {
    const guarded = guardPlugin(angry);
    expect({ ...guarded.templates?.[0] }).toMatchObject({ id: "mainframe", tier: "source" });
  });
});
