import type { UserList } from "@hop3/core/api";
import { useQuery } from "@tanstack/react-query";
import { get } from "../api.ts";
import { Page } from "../components/page.tsx";
import { Answer } from "../components/states.tsx";
import { InviteForm } from "../components/users/invite-form.tsx";
import { InvitedCard } from "../components/users/invited-card.tsx";
import { UserCard } from "../components/users/user-card.tsx";
import { useMay } from "../session.tsx";

export function UsersPage() {
  const mayManage = useMay("users.manage");
  const list = useQuery({
    queryKey: ["server", "users"],
    queryFn: () => get<UserList>("/users"),
  });
  return (
    <Page title="Users">
      <Answer of={list}>
        {({ users, invites }) => (
          <div className="stack">
            {users.map((user) => (
              <UserCard key={user.name} user={user} mayManage={mayManage} />
            ))}
            {invites.map((invite) => (
              <InvitedCard key={invite.name} invite={invite} mayManage={mayManage} />
            ))}
          </div>
        )}
      </Answer>
      {mayManage ? <InviteForm /> : null}
    </Page>
  );
}
