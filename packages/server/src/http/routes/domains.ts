import { createRoute, z } from "@hono/zod-openapi";
import { DomainEntry } from "@hop3/core";
import type { App } from "../../db/apps.ts";
import { claimDomain, domainBuiltIn, domainNotFound } from "../../deploy/domains.ts";
import { builtInDomain, desiredRoutes } from "../../deploy/routes.ts";
import { changes, describeChange, reads } from "../access.ts";
import { AppParams, json, jsonBody, makeRoutes, problems } from "../openapi.ts";
import type { Service } from "../service.ts";

const Domains = z.object({ domains: z.array(DomainEntry) });

const listDomains = createRoute({
  ...reads("app.read"),
  method: "get",
  path: "/apps/{app}/domains",
  request: { params: AppParams },
  responses: { 200: json(Domains, "Host names of the app"), ...problems },
});
const addDomain = createRoute({
  ...changes("app.configure", "domain.add"),
  method: "post",
  path: "/apps/{app}/domains",
  request: { params: AppParams, body: jsonBody(z.strictObject({ domain: z.string() })) },
  responses: { 200: json(Domains, "Routed from now on"), ...problems },
});
const removeDomain = createRoute({
  ...changes("app.configure", "domain.remove"),
  method: "delete",
  path: "/apps/{app}/domains/{domain}",
  request: { params: AppParams.extend({ domain: z.string() }) },
  responses: { 200: json(Domains, "Not routed any more"), ...problems },
});

export function domainRoutes({ platform, deployer }: Service) {
  const show = (app: App): z.infer<typeof Domains> => ({
    domains: [
      { domain: builtInDomain(platform, app.name), builtIn: true },
      ...platform.apps.domains(app.id).map((domain) => ({ domain, builtIn: false })),
    ],
  });

  return makeRoutes()
    .openapi(listDomains, (c) => c.json(show(deployer.requireApp(c.req.valid("param").app)), 200))
    .openapi(addDomain, async (c) => {
      const app = deployer.requireApp(c.req.valid("param").app);
      const domain = c.req.valid("json").domain.toLowerCase();
      describeChange(c, { target: domain });
      claimDomain(platform, app, domain);
      await platform.router.apply(desiredRoutes(platform));
      return c.json(show(app), 200);
    })
    .openapi(removeDomain, async (c) => {
      const params = c.req.valid("param");
      const app = deployer.requireApp(params.app);
      const domain = params.domain.toLowerCase();
      describeChange(c, { target: domain });
      if (domain === builtInDomain(platform, app.name)) throw domainBuiltIn({ domain });
      if (platform.apps.ownerOf(domain) !== app.id) throw domainNotFound({ domain, app: app.name });
      platform.apps.removeDomain(app.id, domain);
      await platform.router.apply(desiredRoutes(platform));
      return c.json(show(app), 200);
    });
}
