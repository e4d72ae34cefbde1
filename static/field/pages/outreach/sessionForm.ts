// Outreach sessions: their form, saving and withdrawing them.

import { _ } from "../../core/strings.ts";
import { loadDraft } from "../../store/drafts.ts";
import type { OutreachSession, View } from "../../store/view/overlay.ts";
import { loadView } from "../../store/view/replica.ts";
import { askedQuestions } from "../askedQuestions.ts";
import { saveChange, saveNew, saveWithdrawal } from "../authoredRecord.ts";
import { errorList, fieldsOfDraft, formErrors } from "../fields.ts";
import { dayText, localDay } from "../formats.ts";
import { refusalText } from "../log/refusals.ts";
import { loadRefused, type RefusedOperations } from "../log/refusedOperations.ts";
import {
  findRow,
  isSavedElsewhere,
  NotFound,
  type PageResponse,
  page,
  redirect,
  type SignedInRequest,
} from "../responses.ts";
import { formNotSaved, saveFailed } from "../saveFailed.ts";
import { fieldsOf, hamletChoices, readEntry, serviceChoices } from "./sessionEntry.ts";
import { venueChoices } from "./venues.ts";

/** What the form is about. */
type Subject = {
  view: View;
  /** undefined: a new one */
  session: OutreachSession | undefined;
  refused: RefusedOperations | undefined;
  draft: string;
  /** the commune wants to know at what kind of place it was */
  asksVenue: boolean;
};

/** The form of a new session, or of the one in the address. */
export async function showSessionForm(request: SignedInRequest): Promise<PageResponse> {
  const { account, params } = request;
  const draft = await loadDraft(account.account_id, params.id ? `session:edit:${params.id}` : "session:new");
  const subject = await loadSubject(request, draft ? fieldsOfDraft(draft) : undefined);
  const fields = draft ? fieldsOfDraft(draft) : fieldsOf(subject.session, localDay(request.env.now()));
  return show(request, subject, fields, {}, draft !== null);
}

/** Saves a new session, or what was changed in one. */
export async function saveSession(request: SignedInRequest): Promise<PageResponse> {
  const { account, env, form: fields } = request;
  const subject = await loadSubject(request, fields);
  const { data, errors } = readEntry(fields, account.hamlets, subject, localDay(env.now()));
  if (errorList(errors).length) return show(request, subject, fields, errors);
  try {
    await (subject.session
      ? saveChange(request, subject, "outreach", subject.session, data)
      : saveNew(request, subject, "outreach", data, async (id) =>
          (await loadView(request.account.account_id)).sessions.get(id),
        ));
  } catch (error) {
    return show(request, subject, fields, formNotSaved(error));
  }
  return redirect("/field/log?done=saved");
}

export function confirmSessionWithdrawal(request: SignedInRequest): Promise<PageResponse> {
  return showWithdrawal(request);
}

/** [Rút], once it is confirmed. A session that the server never accepted is discarded instead. */
export async function withdrawSession(request: SignedInRequest): Promise<PageResponse> {
  const { account_id } = request.account;
  if ((await loadView(account_id)).sessions.has(request.params.id)) {
    const subject = await loadSubject(request);
    try {
      await saveWithdrawal(request, subject, "outreach", subject.session);
    } catch (error) {
      return showWithdrawal(request, saveFailed(error));
    }
  }
  return redirect("/field/log?done=session_withdrawn");
}

/**
 * The session in the address. Throws `NotFound` unless it is the reader's own, or what is typed is about one that has
 * left the phone.
 */
async function loadSubject(
  { account: { account_id }, params: { id } }: SignedInRequest,
  typed?: URLSearchParams,
): Promise<Subject> {
  const view = await loadView(account_id);
  const asksVenue = (await askedQuestions(account_id)).includes("venue");
  if (!id) return { view, session: undefined, refused: undefined, draft: "session:new", asksVenue };
  const session = typed && !view.sessions.has(id) ? lostSession(id, typed, account_id) : findRow(view.sessions, id);
  if (session.recorded_by !== account_id) throw new NotFound(id);
  const refused = await loadRefused(account_id, "outreach.", session);
  return { view, session, refused, draft: `session:edit:${id}`, asksVenue };
}

/** What a form knows of its session when the phone does not have it any more. */
function lostSession(id: string, fields: URLSearchParams, recorded_by: string) {
  const known = { id, version: Number(fields.get("version")) || 1, recorded_by, hamlet_id: "", services: [] };
  return known as unknown as OutreachSession;
}

/**
 * @param sentences by field
 * @param resumed it goes on from a draft
 */
function show(
  { account, url, env }: SignedInRequest,
  { view, session, refused, draft, asksVenue }: Subject,
  fields: URLSearchParams,
  sentences: Record<string, string>,
  resumed: boolean = false,
) {
  const faults = formErrors(sentences);
  const context = {
    id: fields.get("id") || env.newId(),
    title: session ? _("Sửa buổi tuyên truyền") : _("Ghi buổi tuyên truyền"),
    action: session ? `/field/sessions/${session.id}/edit` : "/field/sessions/new",
    withdraw: session ? `/field/sessions/${session.id}/withdraw` : "",
    message: isSavedElsewhere(url) ? _("Buổi này đã được lưu ở cửa sổ khác.") : "",
    refusal: refused ? refusalText(refused.first) : "",
    draft,
    resumed,
    ...faults,
    place: fields.get("place") ?? "",
    version: session?.version ?? 0,
    hamlets: hamletChoices(account.hamlets, fields, refused),
    hamlet_id: fields.get("hamlet_id") || (account.hamlets[0]?.id ?? ""),
    venues: venueChoices(asksVenue, fields.get("venue") ?? ""),
    held_on: fields.get("held_on") ?? "",
    services: serviceChoices(view, session, fields, localDay(env.now())),
    people: fields.get("people") ?? "",
    place_error: sentences.place ?? "",
    hamlet_error: sentences.hamlet_id ?? "",
    day_error: sentences.held_on ?? "",
    services_error: sentences.services ?? "",
    people_error: sentences.people ?? "",
  };
  return page("session_form", context, faults.errors.length ? 422 : 200);
}

async function showWithdrawal(request: SignedInRequest, sentences: Record<string, string> = {}) {
  const { session } = await loadSubject(request);
  const errors = errorList(sentences);
  const context = {
    id: request.env.newId(),
    errors,
    title: _("Bỏ buổi ghi nhầm?"),
    subject: session?.place ?? "",
    sentence: _("Buổi ngày %(day)s. Buổi đã bỏ không tính nữa và không lấy lại được.", {
      day: dayText(session?.held_on ?? ""),
    }),
    action: `/field/sessions/${session?.id}/withdraw`,
    button: _("Bỏ buổi này"),
    is_final: true,
    cancel: `/field/sessions/${session?.id}/edit`,
  };
  return page("confirm", context, errors.length ? 422 : 200);
}
