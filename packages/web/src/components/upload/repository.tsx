import type { GitInfo } from "@hop3/core/api";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { at, get } from "../../api.ts";
import { AppNameField } from "../forms/app-name-field.tsx";
import { HookForm } from "../git/hook-form.tsx";
import { PushCommands } from "../git/push-commands.tsx";
import { Answer } from "../states.tsx";
import type { WayProps } from "./ways.ts";

/** How a repository gets here: by a push, from a terminal or from a forge. */
export function ConnectRepository({ app }: WayProps) {
  const [name, setName] = useState(app ?? "");
  const [wanted, setWanted] = useState(app);
  const show = (event: FormEvent) => {
    event.preventDefault();
    setWanted(name);
  };
  return (
    <>
      <form className="card" onSubmit={show}>
        <AppNameField value={name} onChange={setName} mayExist />
        <div>
          <button type="submit" className="button primary" disabled={name === ""}>
            Show how
          </button>
        </div>
      </form>
      {wanted === undefined ? null : <PushSteps key={wanted} app={wanted} />}
    </>
  );
}

function PushSteps({ app }: { readonly app: string }) {
  const git = useQuery({
    queryKey: ["app", app, "git"],
    queryFn: () => get<GitInfo>(at`/apps/${app}/git`),
  });
  return (
    <Answer of={git}>
      {(info) => (
        <>
          <section className="card">
            <h2>Push {app}</h2>
            <PushCommands git={info} />
            <p className="muted">
              {info.exists
                ? `What is pushed to ${info.branch} is deployed; the push shows how it goes.`
                : "The first push makes the app; it shows how the deployment goes, and the address."}
            </p>
          </section>
          <HookForm app={app} branch={info.branch} />
        </>
      )}
    </Answer>
  );
}
