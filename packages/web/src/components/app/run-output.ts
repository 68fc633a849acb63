import type { RunFrame } from "@hop3/core/api";

/** What a command has printed until now. */
export interface RunOutput {
  readonly lines: readonly string[];
  /** How it ended, once it has. */
  readonly end?: string;
}

/** Both streams in the order of their arrival; a character may come in two pieces. */
export async function* readOutput(frames: AsyncIterable<RunFrame>): AsyncGenerator<RunOutput> {
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  let text = "";
  const lines = (): string[] => (text === "" ? [] : text.replace(/\n$/, "").split("\n"));
  for await (const frame of frames) {
    if (frame.type === "end") {
      yield { lines: lines(), end: describeEnd(frame) };
      return;
    }
    const bytes = Uint8Array.from(atob(frame.data), (character) => character.charCodeAt(0));
    text += decoders[frame.type].decode(bytes, { stream: true });
    yield { lines: lines() };
  }
  yield { lines: lines(), end: "The connection ended before the command did." };
}

function describeEnd({ exitCode, signal }: Extract<RunFrame, { type: "end" }>): string {
  if (signal !== null) return `Ended by signal ${signal}.`;
  return exitCode === 0 ? "Done." : `Ended with exit code ${exitCode}.`;
}
