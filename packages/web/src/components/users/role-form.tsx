import type { AppSummary, Role } from "@hop3/core/api";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { at, get, send } from "../../api.ts";
import { Field } from "../field.tsx";
import { roles } from "./roles.ts";
import { useUserChange } from "./use-user-change.tsx";

/** Gives a user a role, for all apps or for one; it takes the place of the one that they have there. */
export function RoleForm({ user }: { readonly user: string }) {
  const [role, setRole] = useState<Role>("developer");
  const [app, setApp] = useState("");
  const change = useUserChange();
  const apps = useQuery({
    queryKey: ["apps"],
    queryFn: () => get<{ apps: AppSummary[] }>("/apps"),
  });
  const give = (event: FormEvent) => {
    event.preventDefault();
    const where = app === "" ? {} : { app };
    const what = `${role} of ${app === "" ? "all apps" : app}`;
    void change(send("POST", at`/users/${user}/roles`, { role, ...where }), `${user} is ${what}`);
  };
  return (
    <form className="fields low" onSubmit={give}>
      <Field label="Role">
        <select
          value={role}
          onChange={({ target }) => setRole(roles.find((each) => each === target.value) ?? role)}
        >
          {roles.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      </Field>
      <Field label="For">
        <select value={app} onChange={({ target }) => setApp(target.value)}>
          <option value="">all apps</option>
          {apps.data?.apps.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </Field>
      <button type="submit" className="button" aria-label={`Give ${user} this role`}>
        Give
      </button>
    </form>
  );
}
