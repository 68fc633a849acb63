import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { uploadBroken, uploadTooLarge } from "../deploy/errors.ts";
import { type CommitRequest, checkCommitFiles } from "./commit-files.ts";
import { type GitProgram, readAll } from "./git-program.ts";

/** Writes the files of a commit as the archive that an upload would be: the same road from here on. */
export async function exportCommit(
  git: GitProgram,
  request: CommitRequest,
  archive: string,
): Promise<void> {
  await checkCommitFiles(git, request);
  await mkdir(dirname(archive), { recursive: true, mode: 0o700 });
  const { dir, commit, limits } = request;
  const program = git.start(["--git-dir", dir, "archive", "--format=tgz", "-1", commit]);
  program.stdin.end();
  const stderr = readAll(program.stderr);
  let written = 0;
  async function* limited(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      written += chunk.length;
      if (written > limits.maxBytes) {
        throw uploadTooLarge({ limit: limits.maxBytes, unit: "bytes" });
      }
      yield chunk;
    }
  }
  try {
    await pipeline(program.stdout, limited, createWriteStream(archive, { mode: 0o600 }));
    if ((await program.ended) !== 0) throw uploadBroken({ reason: (await stderr).trim() });
  } catch (error) {
    program.stop();
    await rm(archive, { force: true });
    throw error;
  }
}
