/** What was printed when something failed. It scrolls where it is long, so the keyboard has to reach it. */
export function Evidence({ text }: { readonly text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <pre className="log evidence" tabIndex={0}>
      {text}
    </pre>
  );
}
