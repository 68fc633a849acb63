import { type FailureData, formatPlace, type Problem } from "@hop3/core";
import { expect } from "vitest";

/** How bad input has to be refused. */
export interface ExpectedFailure {
  readonly code: string;
  readonly message: string | RegExp;
  readonly hint: string | RegExp;
  /** Beginning of `file:line:column`. */
  readonly place?: string;
  readonly detail?: string | RegExp;
}

/** Fails unless this is the documented failure, worded for the user. */
export function expectFailure(failure: FailureData | undefined, expected: ExpectedFailure): void {
  expect(failure, "there should be a failure").toBeDefined();
  if (failure === undefined) return;
  expect(failure.code, JSON.stringify(failure)).toBe(expected.code);
  expect(failure.message).toMatch(expected.message);
  expect(failure.hint).toMatch(expected.hint);
  expect(failure.exitCode).not.toBe(0);
  if (expected.detail !== undefined) expect(failure.detail).toMatch(expected.detail);
  if (expected.place === undefined) return;
  const { place } = failure;
  expect(place === undefined ? "no place" : formatPlace(place)).toMatch(
    new RegExp(`^${expected.place.replaceAll(".", "\\.")}`),
  );
}

/** The failure that an answer of the API holds. */
export function failureOf(answer: { readonly text: string }): FailureData {
  const problem = JSON.parse(answer.text) as Problem;
  return {
    code: problem.code,
    message: problem.title,
    hint: problem.hint,
    place: problem.place,
    detail: problem.evidence,
    exitCode: problem.exitCode,
  };
}
