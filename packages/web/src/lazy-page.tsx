import { type ComponentType, useEffect, useState } from "react";
import { Empty, Loading } from "./components/states.tsx";

/** The module of a page, which is loaded once. */
export interface PageModule {
  /** What there is of it already. */
  now(): ComponentType | undefined;
  load(): Promise<ComponentType>;
}

export function pageModule(load: () => Promise<Record<string, unknown>>, name: string): PageModule {
  let loaded: ComponentType | undefined;
  return {
    now: () => loaded,
    async load() {
      loaded ??= (await load())[name] as ComponentType;
      return loaded;
    },
  };
}

/** A page that is loaded when it is opened. React's own `lazy` would hold it back for 300 ms more. */
export function LazyPage({ of }: { readonly of: PageModule }) {
  const [Part, setPart] = useState(of.now);
  const [isGone, setGone] = useState(false);
  useEffect(() => {
    if (Part !== undefined) return;
    of.load().then(
      (part) => setPart(() => part),
      () => setGone(true),
    );
  }, [Part, of]);
  if (isGone) return <Gone />;
  return Part === undefined ? <Loading /> : <Part />;
}

function Gone() {
  return (
    <Empty title="This part of the page did not arrive">
      <p>The connection was lost, or the server has been updated since the page was opened.</p>
      <button type="button" className="button primary" onClick={() => window.location.reload()}>
        Load again
      </button>
    </Empty>
  );
}
