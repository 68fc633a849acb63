import type { RecipeQuestion } from "@hop3/core/api";
import { describe, expect, it } from "vitest";
import { answersToSend, firstAnswers } from "./recipe-answers.ts";

const plain: Omit<RecipeQuestion, "name" | "type"> = {
  label: "Some label",
  required: false,
  generated: false,
};

const questions: readonly RecipeQuestion[] = [
  { ...plain, name: "title", type: "text", default: "My wiki" },
  { ...plain, name: "email", type: "email", required: true },
  { ...plain, name: "password", type: "password", generated: true },
  { ...plain, name: "memory", type: "number", default: 256 },
  { ...plain, name: "open", type: "boolean", default: true },
  { ...plain, name: "closed", type: "boolean" },
  { ...plain, name: "theme", type: "choice", choices: ["light", "dark"] },
  { ...plain, name: "language", type: "choice", choices: ["de", "en"], required: true },
];

describe("the answers of a form", () => {
  it("begin with the defaults of the recipe", () => {
    expect(firstAnswers(questions)).toEqual({
      title: "My wiki",
      email: "",
      password: "",
      memory: "256",
      open: true,
      closed: false,
      theme: "light",
      language: "",
    });
  });

  it("are sent without those that were left empty", () => {
    expect(answersToSend(firstAnswers(questions))).toEqual({
      title: "My wiki",
      memory: "256",
      open: true,
      closed: false,
      theme: "light",
    });
  });
});
