import ms from "ms";

export function greet(name: string): string {
  return `Hello ${name || "nobody"}, after ${ms(ms("1 hour"), { long: true })}`;
}
