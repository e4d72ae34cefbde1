// Hoàn tác: undoes the last operation. A recorded visit is withdrawn, an amendment is amended back.

import { clearDraft, loadDraft, saveDraft } from "../../store/drafts.ts";
import { append } from "../../store/outbox.ts";
import { loadUndoLog, type UndoEntry } from "../../store/undoLog.ts";
import type { Visit } from "../../store/view/overlay.ts";
import { loadView } from "../../store/view/replica.ts";
import { type PageResponse, redirect, type SignedInRequest } from "../responses.ts";
import { saveFailed } from "../saveFailed.ts";
import { show } from "./saved.ts";
import { valuesFromVisit } from "./visitEntry.ts";
import { draftKey } from "./visitSave.ts";
import { findUndoable } from "./visitUndo.ts";
import { withdraw } from "./withdrawalPage.ts";

/** The form names the operation to undo: if anything was done since, nothing is undone. */
export async function undoVisit(request: SignedInRequest): Promise<PageResponse> {
  const { account, params, form } = request;
  const [view, undoLog] = await Promise.all([loadView(account.account_id), loadUndoLog(account.account_id)]);
  const visit = view.visits.get(params.id);
  if (!visit) return redirect(undoneAddress(form.get("household")));
  const entry = findUndoable(view, undoLog, visit);
  if (entry?.op_id !== form.get("op_id")) {
    const isDone = undoLog.some(({ op_id }) => op_id === form.get("id"));
    return redirect(isDone ? restoredAddress(visit) : `/field/visits/${visit.id}/saved`);
  }
  const form_address = `/field/households/${visit.household_id}/visit?done=undone`;
  try {
    const draft = entry.before ? "" : await keepTyped(request, visit);
    await undoOperation(request, visit, entry).catch(async (error) => {
      if (draft) await clearDraft(account.account_id, draft);
      throw error;
    });
  } catch (error) {
    return show(request, saveFailed(error));
  }
  return redirect(entry.before ? restoredAddress(entry.before) : form_address);
}

/**
 * Stores what was typed in a new visit as a draft with an id of its own, unless the next one has begun already.
 * @returns the draft's key, or an empty text
 */
async function keepTyped({ account: { account_id }, env }: SignedInRequest, visit: Visit): Promise<string> {
  const key = draftKey(visit.household_id);
  if (await loadDraft(account_id, key)) return "";
  await saveDraft(account_id, key, { ...valuesFromVisit(visit), id: env.newId() });
  return key;
}

function undoneAddress(householdId: string | null) {
  return `/field/households/${householdId}?done=undone`;
}

function restoredAddress({ household_id }: { household_id: string }) {
  return `/field/households/${household_id}?done=restored`;
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
