import type { Permission } from "@hop3/core/api";
import { type ReactNode, useEffect, useState } from "react";
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
      <Side />
      <main id="content">{children}</main>
    </div>
  );
}

/** Beside the page; above it on a phone, where it opens by a button. */
function Side() {
  const [location] = useLocation();
  const [openAt, setOpenAt] = useState<string>();
  const isOpen = openAt === location;
  useEffect(() => {
    if (!isOpen) return;
    const close = ({ key }: KeyboardEvent) => key === "Escape" && setOpenAt(undefined);
    document.addEventListener("keydown", close);
    return () => document.removeEventListener("keydown", close);
  }, [isOpen]);
  return (
    <header className={isOpen ? "side open" : "side"}>
      <div className="top">
        <Link href="/" className="brand">
          <img src="/icon.svg" alt="" width="26" height="26" />
          Hop3
        </Link>
        <button
          type="button"
          className="button menu-button"
          aria-expanded={isOpen}
          aria-controls="menu"
          onClick={() => setOpenAt(isOpen ? undefined : location)}
        >
          Menu
        </button>
      </div>
      <div id="menu" className="menu">
        <nav aria-label="Main">
          {items.map((item) => (
            <NavItem key={item.path} {...item} />
          ))}
        </nav>
        <Account />
      </div>
    </header>
  );
}

function NavItem({ path, label, needs }: Item) {
  const [location] = useLocation();
  const may = useMay(needs ?? "server.read");
  if (!may) return null;
  const isHere = path === "/" ? /^\/(?:$|apps|new)/.test(location) : location.startsWith(path);
  return (
    <Link href={path} aria-current={isHere ? "page" : undefined}>
      {label}
    </Link>
  );
}

function Account() {
  const { user, kind } = useIdentity();
  const [location] = useLocation();
  const signOut = useSignOut();
  return (
    <div className="end">
      <a href="/docs/">Documentation</a>
      <Link href="/account" aria-current={location === "/account" ? "page" : undefined}>
        {user ?? kind}
      </Link>
      <ThemeChoice />
      <button type="button" className="button plain" onClick={() => void signOut()}>
        Sign out
      </button>
    </div>
  );
}
