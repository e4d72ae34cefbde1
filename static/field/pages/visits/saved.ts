// V6 Đã lưu: saved on this phone, then sent; and the next household.

import { _ } from "../../core/strings.ts";
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
import { findUndoable } from "./visitUndo.ts";

export function showSaved(request: SignedInRequest): Promise<PageResponse> {
  return show(request, {});
}

/** @param sentences why it could not be undone */
export async function show(request: SignedInRequest, sentences: Record<string, string>): Promise<PageResponse> {
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
