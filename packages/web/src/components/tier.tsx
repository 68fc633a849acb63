import type { AppSummary } from "@hop3/core/api";
import { Badge, type Tone } from "./badge.tsx";

type TierName = NonNullable<AppSummary["tier"]>;

const meanings: Readonly<Record<TierName, readonly [Tone, string]>> = {
  nixpkgs: ["quiet", "Built from source by the package set"],
  source: ["quiet", "Built here from source, out of dependencies that are pinned by hash"],
  prebuilt: ["quiet", "An upstream file, pinned by hash"],
  unpinned: ["warn", "Nobody can say exactly what it was built from"],
};

/** Where the bytes that run come from, in one word; what it means is told on hover. */
export function Tier({ tier }: { readonly tier: TierName }) {
  const [tone, meaning] = meanings[tier];
  return (
    <Badge tone={tone}>
      <span title={meaning}>{tier}</span>
    </Badge>
  );
}
