const subjectForm =
  /^(build|chore|ci|docs|feat|fix|perf|refactor|revert|style|test)\([a-z][a-z0-9-]*\): \S.*[^.\s]$/;
/** Changes of behaviour owe a reason; a build script or a document often says it all in one line. */
const owesReason = /^(feat|fix|perf|refactor)\(/;
const longestSubject = 72;

/** One commit as `git log` prints it. */
export interface Commit {
  readonly id: string;
  readonly subject: string;
  readonly body: string;
}

/** What is wrong with a commit's message, or undefined: `type(stage): what`, and why in the body. */
export function judgeCommit(commit: Commit): string | undefined {
  if (!subjectForm.test(commit.subject)) return "the subject is not `type(stage): what`";
  if (commit.subject.length >= longestSubject)
    return `the subject has ${longestSubject} characters or more`;
  if (owesReason.test(commit.subject) && commit.body.trim() === "")
    return "the body does not say why";
  return undefined;
}
