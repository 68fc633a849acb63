import { z } from "zod";
import { isDomainName } from "../name-rules.ts";
import type { InputType, InputValue, RecipeInput } from "./recipe.ts";

/** An answer in the form in which it is kept, or what is wrong with it. */
export type CheckedAnswer =
  | { readonly ok: true; readonly value: InputValue }
  | { readonly ok: false; readonly reason: string };

const longestLine = 2000;
const Email = z.email();
/** As `[limits] memory` has it, and as most programs read it. */
const sizePattern = /^[1-9]\d{0,8}[KMGT]$/i;

type Check = (input: RecipeInput, text: string) => CheckedAnswer;

const checks: Readonly<Record<InputType, Check>> = {
  text: (_input, text) => checkLine(text),
  password: (_input, text) => checkLine(text),
  email: (_input, text) =>
    Email.safeParse(text).success ? accept(text) : refuse("has to be an e-mail address"),
  number: checkNumber,
  size: (_input, text) =>
    sizePattern.test(text.trim())
      ? accept(text.trim().toUpperCase())
      : refuse("has to be a size, such as 512M or 2G"),
  choice: ({ choices = [] }, text) =>
    choices.includes(text) ? accept(text) : refuse(`has to be one of: ${choices.join(", ")}`),
  boolean: (_input, text) => {
    if (text === "true") return accept(true);
    return text === "false" ? accept(false) : refuse("has to be true or false");
  },
  domain: (_input, text) =>
    isDomainName(text.toLowerCase())
      ? accept(text.toLowerCase())
      : refuse("has to be a host name, such as wiki.example.org"),
};

/** Judges one answer; text is as good as a number or true, since forms and shells have nothing else. */
export function checkAnswer(input: RecipeInput, answer: InputValue): CheckedAnswer {
  return checks[input.type](input, String(answer));
}

function accept(value: InputValue): CheckedAnswer {
  return { ok: true, value };
}

function refuse(reason: string): CheckedAnswer {
  return { ok: false, reason };
}

function checkLine(text: string): CheckedAnswer {
  if (text.length > longestLine) return refuse(`is longer than ${longestLine} characters`);
  return /\p{Cc}/u.test(text) ? refuse("has to be one line of text") : accept(text);
}

function checkNumber({ min, max }: RecipeInput, text: string): CheckedAnswer {
  const number = /^-?\d{1,15}(?:\.\d{1,15})?$/.test(text.trim()) ? Number(text) : undefined;
  if (number === undefined) return refuse("has to be a number");
  if (min !== undefined && number < min) return refuse(`has to be at least ${min}`);
  if (max !== undefined && number > max) return refuse(`has to be at most ${max}`);
  return accept(number);
}
