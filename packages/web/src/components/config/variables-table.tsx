import { Badge, type Tone } from "../badge.tsx";
import { ActionsHead, TableCard } from "../table-card.tsx";
import { Time } from "../time.tsx";
import type { Row } from "./draft.ts";

interface VariablesTableProps {
  readonly rows: readonly Row[];
  readonly mayChange: boolean;
  readonly onEdit: (row: Row) => void;
  readonly onRemove: (key: string) => void;
  /** Takes back what is not stored yet. */
  readonly onUndo: (key: string) => void;
}

/** The stored variables, with what is about to become of them. */
export function VariablesTable({ rows, mayChange, ...actions }: VariablesTableProps) {
  return (
    <TableCard label="Stored variables" isFolding>
      <thead>
        <tr>
          <th>Name</th>
          <th>Value</th>
          <th>Changed</th>
          <ActionsHead />
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key} className={row.state === "removed" ? "struck" : undefined}>
            <td className="mono">{row.key}</td>
            <td className="mono value">{row.value ?? "••••••••"}</td>
            <td>
              <Changed row={row} />
            </td>
            <td className="end">{mayChange ? <Buttons row={row} {...actions} /> : null}</td>
          </tr>
        ))}
      </tbody>
    </TableCard>
  );
}

const words: Readonly<Record<Exclude<Row["state"], "stored">, readonly [Tone, string]>> = {
  new: ["good", "to be added"],
  changed: ["accent", "to be changed"],
  removed: ["warn", "to be removed"],
};

function Changed({ row: { state, updatedAt } }: { readonly row: Row }) {
  if (state === "stored") return updatedAt === undefined ? null : <Time at={updatedAt} />;
  const [tone, text] = words[state];
  return <Badge tone={tone}>{text}</Badge>;
}

type ButtonsProps = Pick<VariablesTableProps, "onEdit" | "onRemove" | "onUndo"> & {
  readonly row: Row;
};

function Buttons({ row, onEdit, onRemove, onUndo }: ButtonsProps) {
  const { key, state } = row;
  const plain = (label: string, act: () => void) => (
    <button
      type="button"
      className="button plain"
      aria-label={`${label} ${key}`}
      onClick={() => act()}
    >
      {label}
    </button>
  );
  if (state !== "stored") return plain("Undo", () => onUndo(key));
  return (
    <>
      {plain("Change", () => onEdit(row))}
      {plain("Remove", () => onRemove(key))}
    </>
  );
}
