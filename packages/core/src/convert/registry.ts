import { appJsonConverter } from "./app-json/converter.ts";
import type { Converter } from "./conversion.ts";
import { dockerfileConverter } from "./dockerfile/converter.ts";
import { flyTomlConverter } from "./fly-toml/converter.ts";
import { nixpacksTomlConverter } from "./nixpacks-toml/converter.ts";
import { packageJsonConverter } from "./package-json/converter.ts";
import { procfileConverter } from "./procfile/converter.ts";
import { railwayJsonConverter } from "./railway-json/converter.ts";
import { renderYamlConverter } from "./render-yaml/converter.ts";

/** Every converter, in the order of authority: where two files set the same key, the first has its way. */
export const converters: readonly Converter[] = [
  procfileConverter,
  appJsonConverter,
  flyTomlConverter,
  renderYamlConverter,
  railwayJsonConverter,
  nixpacksTomlConverter,
  dockerfileConverter,
  packageJsonConverter,
];
