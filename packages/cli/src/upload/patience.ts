import { setTimeout as sleep } from "node:timers/promises";
import type { UploadState } from "@hop3/core";
import { Hop3Error, isError } from "@hop3/core/base";
import { line } from "../blocks.ts";
import type { Context } from "../context.ts";
import { serverLost, serverUnreachable } from "../errors.ts";
import type { Amount } from "./progress.ts";

/** How long nothing may arrive before we give up. */
const patienceMs = 30_000;
const retryMs = 500;
/** For a server that has very much to write down. */
const mostTries = 40;

/** Failures after which asking once more what is missing helps. */
const passing: readonly string[] = ["UPLOAD_BROKEN", "UPLOAD_NOT_FOUND", "UPLOAD_PART_MOVED"];

/** Decides whether a broken upload goes on. */
export interface Patience {
  /** The server has answered, and this is what it lacks. */
  connected(missing: Amount): void;
  /** What the server lacks, once it has done with what a broken connection had brought. */
  settled(ask: () => Promise<UploadState>): Promise<UploadState>;
  /** Waits before the next attempt; throws where there is to be none. */
  wait(error: unknown): Promise<void>;
}

export function makePatience({ now, output, signal }: Context): Patience {
  let isKnown = false;
  let isBroken = false;
  let missing = Number.POSITIVE_INFINITY;
  let stuckSince: number | undefined;
  return {
    connected({ bytes, files }) {
      isKnown = true;
      // Empty files count too.
      if (bytes + files < missing) stuckSince = undefined;
      missing = bytes + files;
    },
    async settled(ask) {
      let state = await ask();
      for (let tries = 0; state.receiving > 0 && isBroken && tries < mostTries; tries += 1) {
        await sleep(retryMs, undefined, { signal });
        state = await ask();
      }
      return state;
    },
    async wait(error) {
      const isLost = isError(error, serverUnreachable);
      if (signal.aborted || !isKnown || !(isLost || isPassing(error))) throw error;
      isBroken = true;
      if (stuckSince === undefined && isLost) {
        output.notice(line("the connection broke; trying to go on where it stopped"));
      }
      stuckSince ??= now();
      if (now() - stuckSince >= patienceMs) {
        if (!isLost) throw error;
        const resume = "hop3 deploy, which sends only what is still missing";
        throw serverLost({ what: "the upload", seconds: patienceMs / 1000, resume });
      }
      await sleep(retryMs, undefined, { signal });
    },
  };
}

function isPassing(error: unknown): boolean {
  return error instanceof Hop3Error && passing.includes(error.failure.code);
}
