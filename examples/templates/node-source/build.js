import { writeFileSync } from "node:fs";
import ms from "ms";

writeFileSync("built.json", JSON.stringify({ day: ms("1d") }));
