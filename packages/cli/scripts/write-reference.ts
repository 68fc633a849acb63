// node --conditions=hop3-source packages/cli/scripts/write-reference.ts
import { writeFileSync } from "node:fs";
import { commandTree } from "../src/tree.ts";
import { makeReference } from "./reference.ts";

const file = new URL("../../../docs/reference/cli.md", import.meta.url);
writeFileSync(file, makeReference(commandTree));
