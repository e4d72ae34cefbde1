// V6 Đã lưu: saved on this phone, then sent; and the next household.

import { _ } from "../../core/strings.ts";
import { clearDraft, loadDraft, saveDraft } from "../../store/drafts.ts";
import { queuedOperations } from "../../store/outbox.ts";
import { loadUndoLog } from "../../store/undoLog.ts";
import type { Visit } from "../../store/view/overlay.ts";
import { loadView } from "../../store/view/replica.ts";
import { errorList } from "../fields.ts";
import { nextHousehold } from "../households/householdStatus.ts";
import { mayPromptInstall } from "../installPrompt.ts";
import { householdLabel, stepBadge, visitSummary } from "../labels.ts";
import { mustSignIn, signInText } from "../log/queueTexts.ts";
import { isSavedElsewhere, type PageResponse, page, redirect, type SignedInRequest } from "../responses.ts";
import { saveFailed } from "../saveFailed.ts";
import { valuesFromVisit } from "./visitEntry.ts";
import { draftKey } from "./visitSave.ts";
import { findUndoable, undoOperation } from "./visitUndo.ts";

export function showSaved(request: SignedInRequest): Promise<PageResponse> {
  return show(request, {});
}

/** [Hoàn tác]. The form names the operation to undo: if anything was done since, nothing is undone. */
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

/** @param sentences why it could not be undone */
async function show(request: SignedInRequest, sentences: Record<string, string>): Promise<PageResponse> {
  const { account, params, env } = request;
  const [view, undoLog] = await Promise.all([loadView(account.account_id), loadUndoLog(account.account_id)]);
  const visit = view.visits.get(params.id);
  const household = visit && view.households.get(visit.household_id);
  // Its household has left the list, or the visit was undone since and this page was reached by Back.
  if (!household) return redirect(visit?.step === "queued" ? "/field/log?done=saved" : "/field/log");
  const neighbour = nextHousehold(view, household);
  const entry = findUndoable(view, undoLog, visit);
  const errors = errorList(sentences);
  const context = {
    id: env.newId(),
    title: _("Đã lưu trên máy"),
    message: isSavedElsewhere(request.url) ? _("Lượt này đã được lưu ở cửa sổ khác.") : "",
    ...(await syncTexts(request, visit)),
    household: householdLabel(household),
    summary: visitSummary(visit, view),
    next: neighbour ? { href: `/field/households/${neighbour.id}/visit`, label: householdLabel(neighbour) } : null,
    edit: `/field/visits/${visit.id}/edit`,
    install: env.canInstall() && (await mayPromptInstall(visit.id, env.now())),
    undo: entry && { action: `/field/visits/${visit.id}/undo`, op_id: entry.op_id, household: household.id },
    errors,
  };
  return page("saved", context, errors.length ? 422 : 200);
}

/** Whether the visit will be sent automatically, waits for a sign-in, or was sent. */
async function syncTexts(request: SignedInRequest, { step, sent_at }: Visit) {
  if (step !== "queued") return { sync_text: stepBadge(step, sent_at, request.env.now()).text, sign_in: "" };
  if (!mustSignIn(request)) return { sync_text: _("Sẽ tự gửi khi có mạng."), sign_in: "" };
  return { sync_text: "", sign_in: signInText(await queuedOperations(request.account.account_id)) };
}
