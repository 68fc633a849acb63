import { useEffect } from "react";

/** A button that is disabled while it works loses the focus: it has it back when it is done, unless that has gone elsewhere. */
export function useFocusKept(): void {
  useEffect(() => {
    let last: EventTarget | null = null;
    const remember = ({ target }: FocusEvent) => {
      last = target;
    };
    const observer = new MutationObserver((changes) => {
      for (const { target } of changes) {
        if (target !== last || document.activeElement !== document.body) continue;
        if (target instanceof HTMLElement) target.focus({ preventScroll: true });
      }
    });
    document.addEventListener("focusin", remember);
    observer.observe(document, { subtree: true, attributeFilter: ["disabled"] });
    return () => {
      document.removeEventListener("focusin", remember);
      observer.disconnect();
    };
  }, []);
}

/** As `ref` of a field that comes up as the next step. */
export function focusOn(field: HTMLElement | null): void {
  field?.focus();
}
