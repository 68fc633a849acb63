import type { AppSummary } from "@hop3/core/api";
import { roles } from "@hop3/core/permissions";
import { useQuery } from "@tanstack/react-query";
import { get } from "../../api.ts";
import { Field } from "../field.tsx";

interface RoleFieldsProps {
  /** What stands before the roles: what is meant where none is chosen. */
  readonly none?: string;
  readonly label?: string;
}

/** A role, and the app that it is for. What is chosen is read with `readRole`. */
export function RoleFields({ none, label = "Role" }: RoleFieldsProps) {
  const apps = useQuery({
    queryKey: ["apps"],
    queryFn: () => get<{ apps: AppSummary[] }>("/apps"),
  });
  return (
    <>
      <Field label={label}>
        <select name="role" defaultValue={none === undefined ? "developer" : ""}>
          {none === undefined ? null : <option value="">{none}</option>}
          {roles.map((role) => (
            <option key={role}>{role}</option>
          ))}
        </select>
      </Field>
      <Field label="For">
        <select name="app">
          <option value="">all apps</option>
          {apps.data?.apps.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </Field>
    </>
  );
}

/** The role that was chosen, if one was, and its app; without one it is for all. */
export function readRole(data: FormData) {
  const role = roles.find((each) => each === data.get("role"));
  const app = String(data.get("app") ?? "");
  return { role, where: app === "" ? {} : { app } };
}

/** `developer of shop`: a role, or a single permission, as people read it. */
export function roleText({
  role,
  app,
}: {
  readonly role: string;
  readonly app?: string | undefined;
}): string {
  return `${role} of ${app ?? "all apps"}`;
}
