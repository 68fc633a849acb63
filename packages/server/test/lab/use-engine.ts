import type { ChildProcess } from "node:child_process";
import { afterAll } from "vitest";
import { buildAttribute } from "../support/package-set.ts";
import { type RestartableServer, useTestServer } from "../support/use-test-server.ts";
import { type EngineName, importBase, prepareEngine } from "./engine.ts";

export interface EngineBed {
  readonly name: EngineName;
  readonly server: RestartableServer;
  stopDaemon(): void;
}

/** A server on a machine that has the engine of `HOP3_LAB_ENGINE` alone, and an image to begin with. */
export function useEngine(home: string): EngineBed {
  const name: EngineName = process.env["HOP3_LAB_ENGINE"] === "docker" ? "docker" : "podman";
  let daemon: ChildProcess | undefined;
  const stopDaemon = () => void daemon?.kill();
  afterAll(stopDaemon);
  const server = useTestServer(home, {
    async settings(dir) {
      daemon = await prepareEngine(name);
      await importBase(name, `${await buildAttribute(dir, "busybox")}/bin/busybox`);
      return "";
    },
  });
  return { name, server, stopDaemon };
}
