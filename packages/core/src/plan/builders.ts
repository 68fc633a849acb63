import { selectToolchains } from "../toolchains/select-toolchains.ts";
import { imageFiles } from "./image-files.ts";
import { nixBuilder } from "./nix-answer.ts";
import type { PlanBuilder } from "./parts.ts";

const localBuilder: PlanBuilder = {
  name: "local",
  accept(question) {
    const { chosen, reason, answers } = selectToolchains(question, question.parts.toolchains);
    const considered = answers.map(({ toolchain, fits, reason: found }) => ({
      name: toolchain,
      fits,
      reason: found,
    }));
    return { accepted: chosen.length > 0, reason, considered, toolchains: chosen };
  },
};

const dockerBuilder: PlanBuilder = {
  name: "docker",
  accept({ tree }) {
    const file = imageFiles.find((name) => tree.has(name));
    if (file === undefined) return { accepted: false, reason: "no Dockerfile in the directory" };
    return { accepted: true, reason: `found ${file}` };
  },
};

/** Every builder, in the order in which they are asked: the first that accepts is chosen. */
export const planBuilders: readonly PlanBuilder[] = [nixBuilder, localBuilder, dockerBuilder];
