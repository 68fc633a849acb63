import type { UserInfo } from "@hop3/core/api";
import { useQuery } from "@tanstack/react-query";
import { get } from "../api.ts";
import { AccountKeys } from "../components/account/keys.tsx";
import { AccountPasskeys } from "../components/account/passkeys.tsx";
import { PasswordForm } from "../components/account/password.tsx";
import { SecondFactor } from "../components/account/second-factor.tsx";
import { AccountSessions } from "../components/account/sessions.tsx";
import { AccountTokens } from "../components/account/tokens.tsx";
import { Page } from "../components/page.tsx";
import { Answer } from "../components/states.tsx";
import { useIdentity } from "../session.tsx";

/** What somebody keeps in order about their own account. */
export function AccountPage() {
  const { user: name } = useIdentity();
  const account = useQuery({
    queryKey: ["account"],
    queryFn: () => get<UserInfo>("/account"),
    enabled: name !== undefined,
  });
  if (name === undefined) {
    return (
      <Page title="Account">
        <p className="muted">You are here without an account of your own.</p>
      </Page>
    );
  }
  return (
    <Page title="Account" beside={<span className="muted">{name}</span>}>
      <Answer of={account}>
        {(user) => (
          <>
            <PasswordForm />
            <SecondFactor isOn={user.totp} />
            <AccountPasskeys />
            <AccountTokens />
            <AccountKeys />
            <AccountSessions />
          </>
        )}
      </Answer>
    </Page>
  );
}
