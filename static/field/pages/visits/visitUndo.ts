// Hoàn tác: undoes the last operation. A recorded visit is withdrawn, an amendment is amended back.

import { append } from "../../store/outbox.ts";
import { type UndoEntry, type VisitContent, visitContent } from "../../store/undoLog.ts";
import type { View, Visit } from "../../store/view/overlay.ts";
import type { SignedInRequest } from "../responses.ts";
import { withdraw } from "./visitWithdraw.ts";

/** Once a visit was reviewed, refused or quarantined, the last operation cannot simply be undone. */
const UNDOABLE = new Set(["queued", "sent"]);

/**
 * The undo entry of the visit, if it can be undone: the operation changed something, the visit is still as it left it,
 * and the content before it is known.
 */
export function findUndoable(view: View, undoLog: UndoEntry[], visit: Visit): UndoEntry | null {
  const entry = undoLog.find(({ visit_id }) => visit_id === visit.id);
  if (!entry || entry.before === undefined || !UNDOABLE.has(visit.step) || !isSame(view, visit, entry.after))
    return null;
  if (entry.before === null) return entry;
  return currentHousehold(view, entry.before.household_id) && !isSame(view, visit, entry.before) ? entry : null;
}

/** Undoes the operation. Throws what `append` throws. */
export async function undoOperation(request: SignedInRequest, visit: Visit, { before }: UndoEntry) {
  if (!before) return withdraw(request);
  const { account, form, env } = request;
  await append(account.account_id, {
    id: form.get("id") || env.newId(),
    type: "visit.amend",
    data: { id: visit.id, ...before, base_version: visit.version, seen_return: null },
    at: env.now().toISOString(),
  });
}

function isSame(view: View, visit: Visit, content: VisitContent) {
  return fingerprint(view, visit) === fingerprint(view, content);
}

function fingerprint(view: View, content: VisitContent) {
  const { household_id, services, needs = [], dropped_needs = [], ...rest } = visitContent(content);
  const { result, note, follow_up_on } = rest;
  const lines = services.map(({ code, outcome, people }) => `${code} ${outcome} ${people}`).sort();
  const household = currentHousehold(view, household_id)?.id ?? household_id;
  return JSON.stringify([household, result, lines, note, follow_up_on, [...needs].sort(), [...dropped_needs].sort()]);
}

function currentHousehold({ households, aliases }: View, id: string) {
  return households.get(aliases.get(id) ?? id);
}
