import type { RunFrame } from "@hop3/core/api";
import { useState } from "react";
import { address, answerOf, at } from "../../api.ts";
import { useMay } from "../../session.tsx";
import { Field } from "../field.tsx";
import { Form, textOf } from "../forms/form.tsx";
import { readLines } from "../lines.ts";
import { LogBox } from "./log-box.tsx";
import { type RunOutput, readOutput } from "./run-output.ts";

/** One command in the environment of the running Release, for whoever has no terminal. */
export function RunCommand({ app }: { readonly app: string }) {
  const [command, setCommand] = useState("");
  const [output, setOutput] = useState<RunOutput>();
  if (!useMay("app.run", app)) return null;
  const run = async (data: FormData) => {
    const command = textOf(data, "command");
    setOutput(undefined);
    const response = await fetch(address(at`/apps/${app}/run`), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ command: ["sh", "-c", command] }),
    });
    if (!response.ok) await answerOf(response);
    setCommand(command);
    for await (const each of readOutput(readLines<RunFrame>(response))) setOutput(each);
  };
  return (
    <>
      <Form title="Run a command" action="Run" busyAction="Running…" onSubmit={run}>
        <Field
          label="Command"
          hint="It runs once, with the variables and files that the app's own processes have."
        >
          <input name="command" required autoComplete="off" spellCheck={false} className="mono" />
        </Field>
      </Form>
      {output === undefined ? null : (
        <>
          <LogBox label="What the command printed" lines={[`$ ${command}`, ...output.lines]} />
          <p role="status" className="muted small">
            {output.end ?? "It runs; whoever leaves this page ends it."}
          </p>
        </>
      )}
    </>
  );
}
