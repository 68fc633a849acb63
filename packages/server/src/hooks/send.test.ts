import { once } from "node:events";
import { createServer } from "node:net";
import { expect, it } from "vitest";
import { sendMessage } from "./send.ts";

const message = { id: 1, event: "test", body: "{}", secret: "secret", at: new Date() };

it.each([
  [
    "another protocol",
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
  ],
  ["no HTTP", "hello\r\n\r\n"],
  ["nothing", ""],
])("gives up a receiver that answers with %s", async (_, answer) => {
  const receiver = createServer((socket) => {
    socket.once("data", () => (answer === "" ? socket.destroy() : socket.write(answer)));
  }).listen(0, "127.0.0.1");
  await once(receiver, "listening");
  const bound = receiver.address();
  if (bound === null || typeof bound === "string") throw new Error("no port");
  const sent = sendMessage(
    { ...message, url: `http://127.0.0.1:${bound.port}/` },
    { internalHosts: ["127.0.0.1"], version: "0", signal: AbortSignal.timeout(5_000) },
  );
  await expect(sent).rejects.toThrow();
  receiver.close();
});
