import type { FormEvent } from "react";
import { at, send } from "../../api.ts";
import { useChange } from "../use-change.tsx";
import { RoleFields, readRole, roleText } from "./role-fields.tsx";

/** Gives a user a role, for all apps or for one; it takes the place of the one that they have there. */
export function RoleForm({ user }: { readonly user: string }) {
  const change = useChange(["server", "users"]);
  const give = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { role, where } = readRole(new FormData(event.currentTarget));
    if (role === undefined) return;
    const what = `${user} is ${roleText({ role, ...where })}`;
    void change(send("POST", at`/users/${user}/roles`, { role, ...where }), what);
  };
  return (
    <form className="fields low" onSubmit={give}>
      <RoleFields />
      <button type="submit" className="button" aria-label={`Give ${user} this role`}>
        Give
      </button>
    </form>
  );
}
