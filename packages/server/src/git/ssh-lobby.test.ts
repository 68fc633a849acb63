import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import { makeLobby } from "./ssh-lobby.ts";

const open: Socket[] = [];

afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy();
});

async function enter(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1").on("error", () => {});
  open.push(socket);
  await once(socket, "connect");
  socket.resume();
  return socket;
}

async function openLobby(signInMs: number, isKnown: (count: number) => boolean) {
  const arrived: Socket[] = [];
  const lobby = makeLobby(signInMs, (socket) => {
    arrived.push(socket.resume());
    const { remoteAddress = "", remotePort = 0 } = socket;
    if (isKnown(arrived.length)) lobby.leave(remoteAddress, remotePort);
  });
  lobby.server.listen(0, "127.0.0.1");
  await once(lobby.server, "listening");
  const bound = lobby.server.address();
  if (bound === null || typeof bound === "string") throw new Error("no port");
  return { ...lobby, arrived, port: bound.port };
}

it("ends what says nothing, and nobody who has signed in", async () => {
  const { server, port } = await openLobby(300, (count) => count === 1);
  const known = await enter(port);
  const silent = await enter(port);
  await once(silent, "close");
  expect(known.closed).toBe(false);
  server.close();
});

it("is not filled by one network", async () => {
  const { server, leave, arrived, port } = await openLobby(60_000, () => false);
  const strangers = [];
  for (let count = 0; count < 32; count++) strangers.push(await enter(port));
  await expect.poll(() => arrived.length).toBe(32);
  await once(await enter(port), "close");
  leave("127.0.0.1", strangers[0]?.localPort ?? 0);
  await enter(port);
  await expect.poll(() => arrived.length).toBe(33);
  server.close();
});
