import { useEffect, useState } from "react";
import { address } from "../../api.ts";

/** Everything that a stream of server-sent events has said so far, newest last, at most `keep` of them. */
export function useStream<Item>(
  path: string,
  events: readonly string[],
  { keep = 5000, isPaused = false }: { readonly keep?: number; readonly isPaused?: boolean } = {},
): readonly Item[] {
  const [items, setItems] = useState<readonly Item[]>([]);
  const names = events.join(" ");
  useEffect(() => {
    if (isPaused) return;
    setItems([]);
    let waiting: Item[] = [];
    // One drawing for all that arrives between two frames: a build says thousands of lines a second.
    const flush = () => {
      if (waiting.length === 0) return;
      const arrived = waiting;
      waiting = [];
      setItems((shown) => [...shown, ...arrived].slice(-keep));
    };
    const timer = setInterval(flush, 100);
    const source = new EventSource(address(path));
    const add = ({ data }: MessageEvent<string>) => waiting.push(JSON.parse(data) as Item);
    for (const name of names.split(" ")) source.addEventListener(name, add);
    // A stream that has said its end is closed by the server; asking again would only repeat it.
    source.addEventListener("end", () => source.close());
    return () => {
      clearInterval(timer);
      flush();
      source.close();
    };
  }, [path, names, keep, isPaused]);
  return items;
}
