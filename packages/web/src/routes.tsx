import { type ComponentType, lazy, Suspense } from "react";
import { Route, Switch } from "wouter";
import { Loading } from "./components/states.tsx";
import { NotFoundPage } from "./pages/not-found.tsx";

/** A page is loaded when it is opened: the first view stays small. */
function page(load: () => Promise<Record<string, unknown>>, name: string): ComponentType {
  return lazy(async () => ({ default: (await load())[name] as ComponentType }));
}

/** Every page, by its address. The order is that of matching. */
export const pages: readonly (readonly [path: string, page: ComponentType])[] = [
  ["/", page(() => import("./pages/apps.tsx"), "AppsPage")],
  ["/new", page(() => import("./pages/new-app.tsx"), "NewAppPage")],
  ["/catalogue", page(() => import("./pages/catalogue.tsx"), "CataloguePage")],
  ["/catalogue/:recipe", page(() => import("./pages/recipe.tsx"), "RecipePage")],
  ["/store", page(() => import("./pages/store.tsx"), "StorePage")],
  ["/plugins", page(() => import("./pages/plugins.tsx"), "PluginsPage")],
  ["/users", page(() => import("./pages/users.tsx"), "UsersPage")],
  ["/audit", page(() => import("./pages/audit.tsx"), "AuditPage")],
  ["/account", page(() => import("./pages/account.tsx"), "AccountPage")],
  ["/health", page(() => import("./pages/health.tsx"), "HealthPage")],
  ["/apps/:app/deployments/:id", page(() => import("./pages/deployment.tsx"), "DeploymentPage")],
  ["/apps/:app/releases/:release", page(() => import("./pages/release.tsx"), "ReleasePage")],
  [
    "/apps/:app/releases/:release/closure",
    page(() => import("./pages/closure.tsx"), "ClosurePage"),
  ],
  [
    "/apps/:app/releases/:release/compare/:other",
    page(() => import("./pages/compare.tsx"), "ComparePage"),
  ],
  ["/apps/:app/:tab?", page(() => import("./pages/app.tsx"), "AppPage")],
];

export function Pages() {
  return (
    <Suspense fallback={<Loading />}>
      <Switch>
        {pages.map(([path, component]) => (
          <Route key={path} path={path} component={component} />
        ))}
        <Route component={NotFoundPage} />
      </Switch>
    </Suspense>
  );
}
