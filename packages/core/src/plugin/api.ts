/**
 * `hop3/plugin`: all that a plug-in may import. What is not in this list is not promised; a test compares the list
 * with docs/reference/plugin-api.md.
 */

export type { DoctorCheck } from "../api/contract.ts";
export type { BuildArtifact } from "../artifact/build-artifact.ts";
export type { Command, RuntimeConfig, WorkerSpec } from "../artifact/runtime-config.ts";
export type { LoadedConfig } from "../config/load.ts";
export type { NixSection } from "../config/nix-section.ts";
export type { Conversion, Converter, ConverterInput } from "../convert/conversion.ts";
export { encodeShellWord } from "../encode/shell.ts";
export type { ErrorKind, Failure, Place } from "../errors.ts";
export { defineError, ExitCode, Hop3Error } from "../errors.ts";
export type { Text, TextPart } from "../launcher/text.ts";
export { dataDirectory, fromNix, variable } from "../launcher/text.ts";
export type { Binding, NixExpr, StringPart } from "../nix/ast.ts";
export { nix } from "../nix/build.ts";
export type { Acceptance, BuilderQuestion, PlanBuilder } from "../plan/parts.ts";
export type { Plan } from "../plan/plan.ts";
export type { SourceTree } from "../source/tree.ts";
export type {
  AppSpec,
  Detection,
  DetectQuestion,
  Rendering,
  Template,
} from "../templates/template.ts";
export { defineTemplate } from "../templates/template.ts";
export type { ToolchainDetection } from "../toolchains/toolchain.ts";
export { detectFiles } from "../toolchains/toolchain.ts";
export type { AddonProcess, AddonProvider, AddonRequest, HostedAddon } from "./addon.ts";
export type { Block, Rows, Span, Tone } from "./blocks.ts";
export { fields, line, table } from "./blocks.ts";
export type {
  Builder,
  BuildIo,
  BuildOverrides,
  BuildPhase,
  BuildResult,
  Source,
  VerifyRequest,
} from "./builder.ts";
export { appDirOf } from "./builder.ts";
export type { Check } from "./check.ts";
export type {
  Answer,
  ArgumentSpec,
  CommandContext,
  CommandRequest,
  CommandSpec,
  Handler,
  Input,
  OptionSpec,
  ValueKind,
} from "./command.ts";
export type { PluginHost } from "./host.ts";
export type { ListenAddress } from "./listen-address.ts";
export type { BuilderPart, Plugin, RouterPart, SupervisorPart } from "./plugin.ts";
export { definePlugin } from "./plugin.ts";
export type { Route, Router, Upstream, UpstreamTraffic } from "./router.ts";
export type { Argv, RunRequest, RunResult, StopReason } from "./run.ts";
export type { ProcessSpec, ProcessState, ProcessStatus, Supervisor } from "./supervisor.ts";
export type {
  LanguageToolchain,
  StepOptions,
  ToolchainContext,
  ToolchainResult,
  ToolSet,
} from "./toolchain.ts";
