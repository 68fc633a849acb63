import { registerHooks } from "node:module";

let isOpen = false;

/**
 * From now on `hop3/plugin` is this program's own module, whoever imports it. A copy that a plug-in brought along would
 * have error classes of its own, which nothing here would recognise.
 */
export function openOwnDoor(): void {
  if (isOpen) return;
  isOpen = true;
  const url = import.meta.resolve("@hop3/core/plugin-api");
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === "hop3/plugin" ? { url, shortCircuit: true } : next(specifier, context),
  });
}
