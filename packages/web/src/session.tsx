import type { Identity, Permission } from "@hop3/core/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext } from "react";
import { useLocation } from "wouter";
import { get, isSignedOut, send } from "./api.ts";
import { ErrorNote, Loading } from "./components/states.tsx";
import { SignInPage } from "./pages/sign-in.tsx";
import { WelcomePage } from "./pages/welcome.tsx";
import { allowed, allowedSomewhere } from "./permissions.ts";

const Session = createContext<Identity | undefined>(undefined);

/** Whoever is signed in; below `SessionGate` there always is somebody. */
export function useIdentity(): Identity {
  const identity = useContext(Session);
  if (identity === undefined) throw new Error("no session above");
  return identity;
}

/** Whether the server would let whoever is signed in do this. Only for what is shown: the server decides. */
export function useMay(permission: Permission, app?: string): boolean {
  return allowed(useIdentity(), permission, app);
}

/** The same, with whichever app. */
export function useMaySomewhere(permission: Permission): boolean {
  return allowedSomewhere(useIdentity(), permission);
}

export function useSignOut(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    await send("POST", "/sign-out");
    // The pages go first: what they show would be asked for again as soon as it is forgotten.
    await queries.resetQueries({ queryKey: ["session"] });
    queries.removeQueries({ predicate: ({ queryKey: [about] }) => about !== "session" });
  };
}

/** Shows what is below to whoever is signed in, and the way in to everybody else. */
export function SessionGate({ children }: { readonly children: ReactNode }) {
  const session = useQuery({
    queryKey: ["session"],
    queryFn: () => get<Identity>("/identity"),
    staleTime: 60_000,
  });
  const [location, go] = useLocation();
  const enter = () => {
    if (location === "/welcome") go("/", { replace: true });
    void session.refetch();
  };
  // A one-time link counts for whoever opens it, signed in or not.
  if (location === "/welcome") return <WelcomePage onDone={enter} />;
  // What was read before the session ended may still be there.
  if (isSignedOut(session.error)) return <SignInPage onDone={enter} />;
  if (session.data !== undefined) return <Session value={session.data}>{children}</Session>;
  if (session.error !== null) return <ErrorNote error={session.error} />;
  return <Loading />;
}
