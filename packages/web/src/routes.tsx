import { useEffect, useRef } from "react";
import { matchRoute, Route, Switch, useLocation, useRouter } from "wouter";
import { LazyPage, type PageModule, pageModule } from "./lazy-page.tsx";
import { NotFoundPage } from "./pages/not-found.tsx";

/** Every page, by its address. The order is that of matching. */
export const pages: readonly (readonly [path: string, page: PageModule])[] = [
  ["/", pageModule(() => import("./pages/apps.tsx"), "AppsPage")],
  ["/new", pageModule(() => import("./pages/new-app.tsx"), "NewAppPage")],
  ["/catalogue", pageModule(() => import("./pages/catalogue.tsx"), "CataloguePage")],
  ["/catalogue/:recipe", pageModule(() => import("./pages/recipe.tsx"), "RecipePage")],
  ["/store", pageModule(() => import("./pages/store.tsx"), "StorePage")],
  ["/plugins", pageModule(() => import("./pages/plugins.tsx"), "PluginsPage")],
  ["/users", pageModule(() => import("./pages/users.tsx"), "UsersPage")],
  ["/audit", pageModule(() => import("./pages/audit.tsx"), "AuditPage")],
  ["/account", pageModule(() => import("./pages/account.tsx"), "AccountPage")],
  ["/health", pageModule(() => import("./pages/health.tsx"), "HealthPage")],
  [
    "/apps/:app/deployments/:id",
    pageModule(() => import("./pages/deployment.tsx"), "DeploymentPage"),
  ],
  ["/apps/:app/releases/:release", pageModule(() => import("./pages/release.tsx"), "ReleasePage")],
  [
    "/apps/:app/releases/:release/closure",
    pageModule(() => import("./pages/closure.tsx"), "ClosurePage"),
  ],
  [
    "/apps/:app/releases/:release/compare/:other",
    pageModule(() => import("./pages/compare.tsx"), "ComparePage"),
  ],
  ["/apps/:app/:tab?", pageModule(() => import("./pages/app.tsx"), "AppPage")],
];

/** Has the page of the address loaded while it is still asked who is signed in. */
export function useLoadAhead(): void {
  const { parser } = useRouter();
  const [location] = useLocation();
  useEffect(() => {
    const found = pages.find(([path]) => matchRoute(parser, path, location)[0]);
    // Where it fails, the page itself says so.
    found?.[1].load().catch(() => undefined);
  }, [parser, location]);
}

/** A link leads to the top of a page; the way back leads to where one was, which browsers see to. */
function useScrollToTop(): void {
  const [location] = useLocation();
  const isBack = useRef(false);
  useEffect(() => {
    const remember = () => {
      isBack.current = true;
    };
    window.addEventListener("popstate", remember);
    return () => window.removeEventListener("popstate", remember);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is about the change itself
  useEffect(() => {
    if (!isBack.current) window.scrollTo(0, 0);
    isBack.current = false;
  }, [location]);
}

export function Pages() {
  useScrollToTop();
  return (
    <Switch>
      {pages.map(([path, page]) => (
        <Route key={path} path={path}>
          <LazyPage of={page} />
        </Route>
      ))}
      <Route component={NotFoundPage} />
    </Switch>
  );
}
