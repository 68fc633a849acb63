import type { GitInfo } from "@hop3/core/api";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { at, send } from "../../api.ts";
import { useMay } from "../../session.tsx";
import { Field } from "../field.tsx";
import { Form } from "../forms/form.tsx";
import { useTell } from "../toast.tsx";

/** The branch whose pushes are deployed. */
export function BranchForm({ git: { app, branch } }: { readonly git: GitInfo }) {
  const [wanted, setWanted] = useState(branch);
  const queries = useQueryClient();
  const tell = useTell();
  const may = useMay("app.configure", app);
  if (!may) {
    return (
      <p>
        Pushes to <code>{branch}</code> are deployed.
      </p>
    );
  }
  const change = async () => {
    const git = await send<GitInfo>("PATCH", at`/apps/${app}/git`, { branch: wanted.trim() });
    queries.setQueryData(["app", app, "git"], git);
    tell.done(`Pushes to ${git.branch} are deployed from now on`);
  };
  const isOther = wanted.trim() !== branch && wanted.trim() !== "";
  return (
    <Form action="Change" isReady={isOther} onSubmit={change}>
      <Field label="Deploy branch" hint="A push to it is deployed; others are only stored.">
        <input
          value={wanted}
          autoComplete="off"
          spellCheck={false}
          onChange={({ target }) => setWanted(target.value)}
        />
      </Field>
    </Form>
  );
}
