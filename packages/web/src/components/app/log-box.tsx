import { useEffect, useRef, useState } from "react";

interface LogBoxProps {
  readonly lines: readonly string[];
  readonly label: string;
  /** What stands there while nothing has been said. */
  readonly empty?: string;
}

/** Lines as they come; it stays at the end for as long as the reader is there. */
export function LogBox({ lines, label, empty = "Nothing yet." }: LogBoxProps) {
  const box = useRef<HTMLPreElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  useEffect(() => {
    const { current } = box;
    if (isAtEnd && current !== null && lines.length > 0) current.scrollTop = current.scrollHeight;
  }, [lines, isAtEnd]);
  return (
    <pre
      ref={box}
      className="log"
      role="log"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) =>
        setAtEnd(scrollHeight - scrollTop - clientHeight < 40)
      }
    >
      {lines.length === 0 ? <span className="muted">{empty}</span> : lines.join("\n")}
    </pre>
  );
}
