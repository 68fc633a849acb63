import type { ClosurePath } from "@hop3/core/api";
import { useMemo } from "react";
import { bytes } from "../format.ts";
import { layoutTiles, type Tile } from "./treemap-layout.ts";

interface TreemapProps {
  readonly paths: readonly ClosurePath[];
  readonly chosen: string | undefined;
  readonly onChoose: (path: string) => void;
}

/** The same as the list, by area: for the eye and the mouse. Whoever uses neither has the list. */
export function Treemap({ paths, chosen, onChoose }: TreemapProps) {
  const tiles = useMemo(() => layoutTiles(paths), [paths]);
  return (
    <div className="treemap" aria-hidden="true">
      {tiles.map((tile) => (
        <Box
          key={tile.path?.path ?? ""}
          tile={tile}
          isChosen={chosen !== undefined && tile.path?.path === chosen}
          onChoose={onChoose}
        />
      ))}
    </div>
  );
}

interface BoxProps extends Pick<TreemapProps, "onChoose"> {
  readonly tile: Tile;
  readonly isChosen: boolean;
}

function Box({ tile, isChosen, onChoose }: BoxProps) {
  const { path, left, top, width, height } = tile;
  const name = path === undefined ? "all others" : path.name;
  const place = { left: `${left}%`, top: `${top}%`, width: `${width}%`, height: `${height}%` };
  return (
    <button
      type="button"
      tabIndex={-1}
      className={isChosen ? "chosen" : undefined}
      style={place}
      title={`${name} ${path?.version ?? ""} · ${bytes(tile.bytes)}`}
      disabled={path === undefined}
      onClick={() => path !== undefined && onChoose(path.path)}
    >
      <span>{name}</span>
      <span className="number">{bytes(tile.bytes)}</span>
    </button>
  );
}
