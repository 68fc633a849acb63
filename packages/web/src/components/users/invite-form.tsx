import type { InviteCreated } from "@hop3/core/api";
import { useState } from "react";
import { send } from "../../api.ts";
import { CopyText } from "../copy.tsx";
import { Form, textOf } from "../forms/form.tsx";
import { RoleFields, readRole } from "./role-fields.tsx";
import { UserNameField } from "./user-name-field.tsx";

/** A link that makes an account of this name and role. */
export function InviteForm() {
  const [link, setLink] = useState<string>();
  const invite = async (data: FormData) => {
    const { role, where } = readRole(data);
    const body = { name: textOf(data, "name"), roles: [{ role, ...where }] };
    const { url } = await send<InviteCreated>("POST", "/invites", body);
    setLink(url);
  };
  return (
    <section className="card">
      <h2>Invite somebody</h2>
      <p className="muted">
        Viewers look. Developers deploy and configure. Operators also destroy apps and see to the
        server. Owners may everything, users included.
      </p>
      <Form action="Make a link" isPrimary onSubmit={invite}>
        <div className="fields">
          <UserNameField autoComplete="off" />
          <RoleFields />
        </div>
      </Form>
      {link === undefined ? null : (
        <div className="note good">
          <p>Give them this link. It works once, for three days, and is shown only now.</p>
          <CopyText text={link} label="The link" />
        </div>
      )}
    </section>
  );
}
