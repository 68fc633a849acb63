import { readData, writeData } from "./data.mjs";

const release = Number(process.env.HOP3_RELEASE);
const migrations = await readData("migrations.json", []);
migrations.push({ release, at: new Date().toISOString() });
await writeData("migrations.json", migrations);
console.log(`migrated for release ${release}, ${migrations.length} so far`);
