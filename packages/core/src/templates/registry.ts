import { goSource } from "./go-source/template.ts";
import { javaGradle } from "./java-gradle/template.ts";
import { javaWar } from "./java-war/template.ts";
import { nixpkgsWrapper } from "./nixpkgs-wrapper/template.ts";
import { nodePrebuilt } from "./node-prebuilt/template.ts";
import { nodeSource } from "./node-source/template.ts";
import { phpApp } from "./php-app/template.ts";
import { prebuiltArchive } from "./prebuilt-archive/template.ts";
import { prebuiltBinary } from "./prebuilt-binary/template.ts";
import { pythonVenv } from "./python-venv/template.ts";
import { rubyBundler } from "./ruby-bundler/template.ts";
import { rustSource } from "./rust-source/template.ts";
import { staticSite } from "./static-site/template.ts";
import type { Template } from "./template.ts";

/** Every template, in the order in which they are shown; each has a folder of its name here. */
export const templates: readonly Template[] = [
  nixpkgsWrapper,
  prebuiltBinary,
  prebuiltArchive,
  nodePrebuilt,
  phpApp,
  pythonVenv,
  javaWar,
  rubyBundler,
  goSource,
  nodeSource,
  javaGradle,
  staticSite,
  rustSource,
];
