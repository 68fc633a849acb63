import { parseProcfile } from "../../source/procfile.ts";
import type { Converter } from "../conversion.ts";
import { Draft } from "../draft.ts";

export const procfileConverter: Converter = {
  id: "procfile",
  title: "Procfile",
  files: ["Procfile"],
  isImplicit: true,

  convert({ text, file }) {
    const draft = new Draft(file);
    const procfile = parseProcfile(text, file);
    const lines = text.split(/\r?\n/);
    const placeOf = (name: string) => ({ file, line: lineOf(lines, name) });
    for (const [name, worker] of Object.entries(procfile.workers)) {
      const place = placeOf(name.replace(/-\d+$/, ""));
      draft.worker(name, worker, place);
      draft.fact(`worker ${name}`, worker.command, place);
    }
    for (const command of procfile.release) {
      draft.release(command);
      draft.fact("release", command, placeOf("release"));
    }
    if (procfile.static !== undefined) {
      draft.staticPath("/", procfile.static);
      draft.fact("static", procfile.static, placeOf("static"));
    }
    return draft.finish();
  },
};

function lineOf(lines: readonly string[], name: string): number {
  const index = lines.findIndex((line) => line.trimStart().split(":")[0]?.trim() === name);
  return Math.max(index, 0) + 1;
}
