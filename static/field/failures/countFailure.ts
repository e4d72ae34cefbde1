// Never a message of an error, which may quote what somebody typed: only its kind, and its place in the bundle.

import { BUILD } from "../core/protocol.ts";
import { inRegistry } from "../store/db.ts";
import { FAILURES_KEY } from "./failures.ts";

const MAX_CODES = 10;
/** A failure that repeats without end writes no more than so often. */
let writes = 100;

/** Counts a failure. Without storage there is no exchange either that could tell of it. */
export async function countFailure(error: unknown) {
  if (writes-- < 1) return;
  const { name = "", stack = "" } = error instanceof Error ? error : {};
  const place = /[\w-]+\.js:\d+:\d+/.exec(stack) ?? [];
  const key = [BUILD, /^[A-Za-z]*Error$/.exec(name)?.[0] ?? "unknown", ...place].join(" ");
  await inRegistry("readwrite", async (tx) => {
    const settings = tx.objectStore("settings");
    const failures = (await settings.get(FAILURES_KEY)) ?? {};
    failures[key] = (failures[key] ?? 0) + 1;
    if (Object.keys(failures).length <= MAX_CODES) await settings.put(failures, FAILURES_KEY);
  }).catch(() => {});
}
