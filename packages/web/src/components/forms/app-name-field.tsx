import type { AppSummary } from "@hop3/core/api";
import { useQuery } from "@tanstack/react-query";
import { get } from "../../api.ts";
import { Field } from "../field.tsx";

interface AppNameFieldProps {
  readonly value: string;
  readonly onChange: (name: string) => void;
  /** An app of this name gets a new release; without it the name has to be free. */
  readonly mayExist?: boolean;
}

const pattern = "[a-z][a-z0-9\\-]{0,62}[a-z0-9]";
const rule = "Lower case letters, digits and hyphens; it is part of the address.";

/** The name of an app, with what becomes of one that has it already. */
export function AppNameField({ value, onChange, mayExist = false }: AppNameFieldProps) {
  const isTaken = useIsTaken(value);
  const isWrong = value !== "" && !new RegExp(`^(?:${pattern})$`, "v").test(value);
  return (
    <Field
      label="Name of the app"
      hint={isTaken ? `There is an app ${value}: it gets a new release.` : rule}
      error={faultOf({ isWrong, isTaken: isTaken && !mayExist, value })}
    >
      <input
        value={value}
        required
        pattern={pattern}
        autoComplete="off"
        spellCheck={false}
        onChange={({ target }) => onChange(target.value)}
      />
    </Field>
  );
}

function faultOf({
  isWrong,
  isTaken,
  value,
}: {
  readonly isWrong: boolean;
  readonly isTaken: boolean;
  readonly value: string;
}): string | undefined {
  if (isWrong) return rule;
  return isTaken ? `There is an app ${value} already.` : undefined;
}

/** Only as far as whoever asks sees: the server decides. */
function useIsTaken(name: string): boolean {
  const apps = useQuery({
    queryKey: ["apps"],
    queryFn: () => get<{ apps: AppSummary[] }>("/apps"),
  });
  return apps.data?.apps.some((app) => app.name === name) ?? false;
}
