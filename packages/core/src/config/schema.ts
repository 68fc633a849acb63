import { z } from "zod";
import { DeploySection } from "./deploy-section.ts";
import { NixSection } from "./nix-section.ts";
import {
  BuildSection,
  DomainsSection,
  EnvSection,
  HealthcheckSection,
  LimitsSection,
  MetadataSection,
  RunSection,
} from "./sections.ts";
import {
  AddonList,
  AdminSection,
  BackupSection,
  PortEntry,
  PortSection,
  ProbeSection,
  ProviderEntry,
  TestSection,
  VolumeEntry,
} from "./service-sections.ts";
import { explain } from "./values.ts";

const sections = {
  build: explain(BuildSection.optional(), "How the app is built"),
  run: explain(RunSection.optional(), "What is run"),
  env: explain(EnvSection.optional(), "Variables of the app, by name"),
  nix: explain(NixSection.optional(), "A template that writes hop3.nix, and its inputs"),
  addons: explain(AddonList.optional(), "Backing services"),
  provider: explain(z.array(ProviderEntry).optional(), "Older spelling of addons"),
  volumes: explain(z.array(VolumeEntry).optional(), "Directories of their own"),
  limits: explain(LimitsSection.optional(), "What a process may use"),
  healthcheck: explain(HealthcheckSection.optional(), "What counts as healthy"),
  deploy: explain(DeploySection.optional(), "How a Release replaces the one before"),
  domains: explain(DomainsSection.optional(), "Host names of the app"),
  port: explain(PortSection.optional(), "Extra endpoints by name"),
  ports: explain(z.array(PortEntry).optional(), "Extra endpoints"),
  backup: explain(BackupSection.optional(), "Backups of the data directory"),
  admin: explain(AdminSection.optional(), "First account of the app"),
  probe: explain(ProbeSection.optional(), "Account for checks"),
  test: explain(TestSection.optional(), "How the recipe itself is tested"),
};

/** `hop3.toml`. Types, error messages, JSON Schema and the reference page all come from here. */
export const ConfigFile = z.strictObject({
  metadata: explain(MetadataSection.optional(), "What the app is called"),
  ...sections,
  contexts: explain(
    z.record(z.string(), z.strictObject(sections)).optional(),
    "Sections that hold in one context only, for example [contexts.staging.env]",
  ),
});
export type ConfigFile = z.infer<typeof ConfigFile>;

/** A configuration that sets nothing: what an app without hop3.toml has. */
export const emptyConfig: ConfigFile = {};
