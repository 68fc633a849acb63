import { once } from "node:events";
import { makeCatalogue } from "../../src/catalogue/catalogue.ts";
import { openHome } from "../../src/home.ts";
import { readSettings } from "../../src/settings.ts";

/** One update of a home's catalogue in a process that can be killed: it says its number and waits for the end of its input. */
const [homeDir = "", builtInDir = ""] = process.argv.slice(2);
const home = openHome(homeDir, process.env);
const settings = readSettings(home.settingsFile);
const catalogue = makeCatalogue({ home, settings, builtInDir, set: async () => "debian" });
process.stdout.write(String(process.pid));
await once(process.stdin.resume(), "end");
await catalogue.update(new AbortController().signal);
