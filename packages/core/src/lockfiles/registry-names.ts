/** Registries that dependencies come from; `[registries]` of server.toml gives each an address. */
export const registryNames = [
  "npm",
  "pypi",
  "rubygems",
  "packagist",
  "go",
  "maven",
  "crates",
] as const;
export type RegistryName = (typeof registryNames)[number];
