import { useEffect, useState } from "react";
import { relative } from "./relative.ts";

/** "3 minutes ago", with the exact time on hover; it goes on counting. */
export function Time({ at }: { readonly at: string }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 15_000);
    return () => clearInterval(timer);
  }, []);
  const date = new Date(at);
  return (
    <time dateTime={at} title={date.toLocaleString()}>
      {relative(date.getTime(), now)}
    </time>
  );
}
