import type { InviteCreated, Role } from "@hop3/core/api";
import { type FormEvent, useState } from "react";
import { send } from "../../api.ts";
import { CopyText } from "../copy.tsx";
import { Field } from "../field.tsx";
import { useTell } from "../toast.tsx";
import { roles } from "./roles.ts";

/** A link that makes an account of this name and role. */
export function InviteForm() {
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("developer");
  const [app, setApp] = useState("");
  const [link, setLink] = useState<string>();
  const tell = useTell();
  const invite = async (event: FormEvent) => {
    event.preventDefault();
    const where = app.trim() === "" ? {} : { app: app.trim() };
    try {
      const { url } = await send<InviteCreated>("POST", "/invites", {
        name: name.trim(),
        roles: [{ role, ...where }],
      });
      setLink(url);
      setName("");
    } catch (error) {
      tell.failed(error);
    }
  };
  return (
    <form className="card" onSubmit={(event) => void invite(event)}>
      <h2>Invite somebody</h2>
      <div className="fields">
        <Field label="Name">
          <input value={name} required onChange={({ target }) => setName(target.value)} />
        </Field>
        <Field label="Role">
          <select
            value={role}
            onChange={({ target }) =>
              setRole(roles.find((each) => each === target.value) ?? "viewer")
            }
          >
            {roles.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </Field>
        <Field label="App" hint="Empty: all apps">
          <input value={app} onChange={({ target }) => setApp(target.value)} />
        </Field>
      </div>
      <div>
        <button type="submit" className="button primary" disabled={name.trim() === ""}>
          Make a link
        </button>
      </div>
      {link === undefined ? null : (
        <div className="note good">
          <p>Give them this link. It works once, for three days, and is shown only now.</p>
          <CopyText text={link} label="The link" />
        </div>
      )}
    </form>
  );
}
