import { writeData } from "./data.mjs";

const release = Number(process.env.HOP3_RELEASE);

async function beat() {
  await writeData("heartbeat.json", { release, at: Date.now() });
}

await beat();
const timer = setInterval(beat, 1000);
console.log(`worker of release ${release} is beating`);

process.on("SIGTERM", () => {
  clearInterval(timer);
  console.log(`worker of release ${release} stops`);
});
