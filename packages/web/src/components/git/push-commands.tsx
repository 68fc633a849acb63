import type { GitInfo } from "@hop3/core/api";
import { Link } from "wouter";
import { CopyText } from "../copy.tsx";

/** What to type in a repository so that it is deployed. */
export function PushCommands({ git: { url, branch } }: { readonly git: GitInfo }) {
  return (
    <>
      <p>In the repository, once:</p>
      <CopyText label="Command that adds the remote" text={`git remote add hop3 ${url}`} />
      <p>
        Then, as often as something is to go live. git asks for your name here and your password, or
        a token of your <Link href="/account">account</Link>:
      </p>
      <CopyText label="Command that pushes" text={`git push hop3 HEAD:${branch}`} />
    </>
  );
}
