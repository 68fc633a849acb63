import {
  AppSummary,
  ConfigEntry,
  DeploymentSummary,
  DoctorCheck,
  DomainEntry,
  FailureData,
  LogRecord,
  PackageFound,
  PackageSetInfo,
  ProcessInfo,
  ReleaseSummary,
  SshKeyInfo,
  TokenInfo,
  UserInfo,
  Verification,
  WorkerScale,
} from "@hop3/core/api";
import { z } from "zod";

/** Everything a server may answer. Loaded while the first answer is awaited: see client.ts. */

export {
  AddonInfos,
  AppDetail,
  AppMetrics,
  AuditPage,
  CatalogueUpdated,
  CleanupResult,
  ClosureReason,
  ConfigResult,
  DeployKeyInfo,
  GitInfo,
  HookCreated,
  HookInfo,
  HookInfos,
  HookTest,
  Identity,
  InviteCreated,
  InviteInfo,
  LockLine,
  LogRecord,
  NixCheck,
  PluginLine,
  PluginList,
  PluginRemoved,
  PreviewInfos,
  Problem,
  ReceiverCreated,
  ReceiverInfos,
  RecipeDetail,
  RecipeList,
  RegistryAddresses,
  ReleaseClosure,
  ReleaseComparison,
  RunFrame,
  ScaleResult,
  ServerEvent,
  ServerInfo,
  SshKeyInfo,
  StoreBill,
  StoredHashes,
  StoreKey,
  TimelineEvent,
  TokenCreated,
  UploadReceived,
  UploadState,
  UserList,
} from "@hop3/core/api";
export { DeploymentSummary, PackageSetInfo, UserInfo };

export const Apps = z.object({ apps: z.array(AppSummary) });
export const ConfigEntries = z.object({ entries: z.array(ConfigEntry) });
export const Deployments = z.object({ deployments: z.array(DeploymentSummary) });
export const DoctorChecks = z.object({ checks: z.array(DoctorCheck) });
export const Domains = z.object({ domains: z.array(DomainEntry) });
export const LogRecords = z.object({ records: z.array(LogRecord) });
export const PackagesFound = z.object({ packages: z.array(PackageFound) });
export const Processes = z.object({
  processes: z.array(ProcessInfo),
  workers: z.array(WorkerScale),
});
export const SshKeys = z.object({ keys: z.array(SshKeyInfo) });
export const Tokens = z.object({ tokens: z.array(TokenInfo) });
export const Releases = z.object({ releases: z.array(ReleaseSummary) });

/** One line of the answer to a verification. */
export const VerifyLine = z.discriminatedUnion("type", [
  z.object({ type: z.literal("log"), text: z.string() }),
  z.object({ type: z.literal("end"), verification: Verification }),
  z.object({ type: z.literal("failure"), failure: FailureData }),
]);

/** One line of the answer to an update of the package set. */
export const UpdateLine = z.discriminatedUnion("type", [
  z.object({ type: z.literal("log"), text: z.string() }),
  z.object({ type: z.literal("end"), info: PackageSetInfo }),
  z.object({ type: z.literal("failure"), failure: FailureData }),
]);
