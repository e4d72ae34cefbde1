// Renders compiled templates for the tests: reads a request from each line, and writes the answer on one line.
// {"module": file URL, "name": page, "context": {}} → {"html": "…"} or {"error": "…"}
import { createInterface } from "node:readline";

for await (const line of createInterface({ input: process.stdin })) {
  const { module, name, context } = JSON.parse(line);
  let answer;
  try {
    const { render } = await import(module);
    answer = { html: render(name, context) };
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
