import type { Permission } from "@hop3/core/api";
import type { ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { useIdentity, useMay, useSignOut } from "../session.tsx";
import { ThemeChoice } from "./theme.tsx";

interface Item {
  readonly path: string;
  readonly label: string;
  readonly needs?: Permission;
}

const items: readonly Item[] = [
  { path: "/", label: "Apps" },
  { path: "/catalogue", label: "Catalogue" },
  { path: "/store", label: "Store", needs: "server.inspect" },
  { path: "/plugins", label: "Plug-ins", needs: "server.inspect" },
  { path: "/users", label: "Users", needs: "users.read" },
  { path: "/audit", label: "Audit log", needs: "audit.read" },
  { path: "/health", label: "Health", needs: "server.inspect" },
];

export function Layout({ children }: { readonly children: ReactNode }) {
  return (
    <div className="frame">
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <header className="side">
        <Link href="/" className="brand">
          <img src="/icon.svg" alt="" width="26" height="26" />
          Hop3
        </Link>
        <nav aria-label="Main">
          {items.map((item) => (
            <NavItem key={item.path} {...item} />
          ))}
        </nav>
        <Account />
      </header>
      <main id="content">{children}</main>
    </div>
  );
}

function NavItem({ path, label, needs }: Item) {
  const [location] = useLocation();
  const may = useMay(needs ?? "server.read");
  if (!may) return null;
  const isHere =
    path === "/" ? location === "/" || location.startsWith("/apps") : location.startsWith(path);
  return (
    <Link href={path} aria-current={isHere ? "page" : undefined} ref={isHere ? show : undefined}>
      {label}
    </Link>
  );
}

/** On a phone the menu is wider than the window. */
function show(link: HTMLAnchorElement | null): void {
  link?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function Account() {
  const { user, kind } = useIdentity();
  const signOut = useSignOut();
  return (
    <div className="end">
      <a href="/docs/">Docs</a>
      <ThemeChoice />
      <Link href="/account">{user ?? kind}</Link>
      <button type="button" className="button plain" onClick={() => void signOut()}>
        Sign out
      </button>
    </div>
  );
}
