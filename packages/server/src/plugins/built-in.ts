import { builtInParts } from "@hop3/core";
import {
  type Builder,
  type Check,
  definePlugin,
  type Plugin,
  type Router,
  type Supervisor,
} from "@hop3/core/plugin";
import { toolchains } from "../toolchains/registry.ts";

/** Makes the half with effects of what is built in; it reaches further into the server than a plug-in's host does. */
export interface BuiltInMakers {
  readonly builders: Readonly<Record<string, () => Builder>>;
  readonly supervisors: Readonly<Record<string, () => Supervisor>>;
  readonly routers: Readonly<Record<string, () => Router>>;
  readonly checks: readonly Check[];
}

/** Everything built in, as the plug-in that it is. */
export function makeServerPlugin(makers: BuiltInMakers): Plugin {
  const { builders, supervisors, routers, checks } = makers;
  return definePlugin({
    name: "hop3",
    builders: builtInParts.builders.map((builder) => {
      const create = builders[builder.name];
      if (create === undefined) throw new Error(`nothing makes the builder ${builder.name}`);
      return { ...builder, create };
    }),
    toolchains,
    templates: builtInParts.templates,
    converters: builtInParts.converters,
    supervisors: Object.entries(supervisors).map(([name, create]) => ({ name, create })),
    routers: Object.entries(routers).map(([name, create]) => ({ name, create })),
    checks,
  });
}
