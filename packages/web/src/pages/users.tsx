import type { UserInfo } from "@hop3/core/api";
import { useQuery } from "@tanstack/react-query";
import { get } from "../api.ts";
import { Page } from "../components/page.tsx";
import { Answer } from "../components/states.tsx";
import { InviteForm } from "../components/users/invite-form.tsx";
import { UserCard } from "../components/users/user-card.tsx";
import { useMay } from "../session.tsx";

export function UsersPage() {
  const mayManage = useMay("users.manage");
  const list = useQuery({
    queryKey: ["server", "users"],
    queryFn: () => get<{ users: UserInfo[] }>("/users"),
  });
  return (
    <Page title="Users">
      <Answer of={list}>
        {({ users }) => (
          <div className="stack">
            {users.map((user) => (
              <UserCard key={user.name} user={user} mayManage={mayManage} />
            ))}
          </div>
        )}
      </Answer>
      {mayManage ? <InviteForm /> : null}
    </Page>
  );
}
