// The refused operations of one record. One correcting operation replaces all of them.

import { refusedOperations } from "../../store/outbox.ts";
import type { RefusedOperation } from "../../store/schema.ts";
import { loadView } from "../../store/view/replica.ts";

/** `first` is the one that must be accepted before the others can be. */
export type RefusedOperations = { first: RefusedOperation; all: RefusedOperation[] };

/** Operations that create a record: the server accepts no other before them. */
const CREATING_TYPES = new Set(["visit.record", "household.add", "outreach.record", "remark.record"]);

/** The refused operations of a record or of one merged into it; undefined if there are none. */
export async function loadRefused(
  accountId: string,
  kind: "visit." | "household." | "outreach." | "remark.",
  { id, step }: { id: string; step: string },
): Promise<RefusedOperations | undefined> {
  if (step !== "fix") return undefined;
  const [refused, { aliases }] = await Promise.all([refusedOperations(accountId), loadView(accountId)]);
  const all = refused.filter(({ type, data }) => type.startsWith(kind) && (aliases.get(data.id) ?? data.id) === id);
  const first = all.find(({ type }) => CREATING_TYPES.has(type)) ?? all.at(-1);
  return first && { first, all };
}

/** Whether the record must be created again: the server does not have it. */
export function mustRecreate(refused: RefusedOperations | undefined) {
  return refused !== undefined && CREATING_TYPES.has(refused.first.type) && refused.first.code !== "already_exists";
}
