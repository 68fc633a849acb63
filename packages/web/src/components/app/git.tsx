import type { AppDetail, GitInfo } from "@hop3/core/api";
import { useQuery } from "@tanstack/react-query";
import { at, get } from "../../api.ts";
import { BranchForm } from "../git/branch-form.tsx";
import { HookForm } from "../git/hook-form.tsx";
import { Hooks } from "../git/hooks.tsx";
import { PushCommands } from "../git/push-commands.tsx";
import { Answer } from "../states.tsx";

/** How a repository comes to be deployed as this app: by a push, or by what a forge tells. */
export function AppGit({ app: { name } }: { readonly app: AppDetail }) {
  const git = useQuery({
    queryKey: ["app", name, "git"],
    queryFn: () => get<GitInfo>(at`/apps/${name}/git`),
  });
  return (
    <Answer of={git}>
      {(info) => (
        <div className="stack">
          <section className="card">
            <h2>Push</h2>
            <PushCommands git={info} />
            <p className="muted">
              {info.commit === undefined ? (
                "Nothing was pushed yet."
              ) : (
                <>
                  Deployed last: <span className="mono">{info.commit.slice(0, 12)}</span>
                </>
              )}
            </p>
            <BranchForm key={info.branch} git={info} />
          </section>
          <Hooks app={name} />
          <HookForm app={name} branch={info.branch} />
        </div>
      )}
    </Answer>
  );
}
