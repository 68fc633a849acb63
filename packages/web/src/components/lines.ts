/** The JSON values of an answer that has one on each line, as they arrive. */
export async function* readLines<Line>(response: Response): AsyncGenerator<Line> {
  if (response.body === null) return;
  let rest = "";
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const lines = (rest + part.value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line !== "") yield JSON.parse(line) as Line;
  }
  if (rest !== "") yield JSON.parse(rest) as Line;
}
