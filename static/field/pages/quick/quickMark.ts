// Ghi nhanh: the household list where a service and its outcome are set once and each tap records a visit.

import type { ServiceRow } from "../../core/protocol.ts";
import { _, language } from "../../core/strings.ts";
import { loadDraft } from "../../store/drafts.ts";
import { append } from "../../store/outbox.ts";
import { isMark, loadUndoLog, type UndoEntry } from "../../store/undoLog.ts";
import type { Household, View, Visit } from "../../store/view/overlay.ts";
import { loadView } from "../../store/view/replica.ts";
import { listDrafts } from "../draftList.ts";
import { errorList, fieldsOfDraft } from "../fields.ts";
import { localDay } from "../formats.ts";
import { isActive } from "../households/householdStatus.ts";
import {
  headingContext,
  LIST_PATH,
  listAddress,
  listContext,
  parseListQuery,
  QUICK_PATH,
} from "../households/households.ts";
import { OUTCOMES, PILLARS, visitSummary } from "../labels.ts";
import { recordStatus } from "../log/recordStatus.ts";
import { type LaterRequest, NotFound, type PageResponse, page, survivorOf } from "../responses.ts";
import { saveFailed } from "../saveFailed.ts";
import { recordedText, visitsOfToday } from "../visits/secondVisit.ts";
import { isOffered, operationData, parseEntry } from "../visits/visitEntry.ts";
import { findUndoable, undoOperation } from "../visits/visitUndo.ts";

type Setting = { offered: ServiceRow[]; service: ServiceRow | undefined; outcome: string };
/**
 * The household tapped, or the errors that prevented saving; `asked`: nothing was recorded, because this visit of today
 * was.
 */
type Tapped = { touched?: string; asked?: Visit; errors?: Record<string, string> };

/** The draft that stores the setting. */
const DRAFT = "quick";
/** Services before *Việc khác*. */
const FRONT_SERVICES = 5;
/** For so many milliseconds a tap can be undone in the list; afterwards the household can be marked again. */
const UNDO_MS = 3600_000;

export function showQuick(request: LaterRequest): Promise<PageResponse> {
  return show(request, null);
}

/** [Đã gặp] or [Vắng]. The form's id is the visit's and the operation's, so a second tap saves nothing new. */
export async function markHousehold(request: LaterRequest): Promise<PageResponse> {
  const { account, params, form, env } = request;
  const view = await loadView(account.account_id);
  const touched = survivorOf(view, params.id);
  const setting = await loadSetting(account.account_id, view, env.now());
  const absent = form.get("result") === "not_home";
  const errors = absent ? {} : check(setting);
  if (errorList(errors).length) return show(request, { errors });
  const id = form.get("id") || env.newId();
  const [asked] = visitsOfToday(view, touched, env.now(), id);
  if (asked && asked.id !== form.get("again")) return show(request, { touched, asked });
  const entry = parseEntry(new URLSearchParams({ household_id: touched, result: absent ? "not_home" : "helped" }));
  const { service, outcome } = setting;
  if (service) entry.services.set(service.code, { outcome, people: "1" });
  const at = env.now().toISOString();
  const data = { id, ...operationData(entry), quick: true };
  return showAfter(request, append(account.account_id, { id, type: "visit.record", data, at, before: null }), touched);
}

/** [Hoàn tác] in a row of the list. A visit that was amended since stays as it is. */
export async function undoMark(request: LaterRequest): Promise<PageResponse> {
  const { account_id } = request.account;
  const [view, undoLog] = await Promise.all([loadView(account_id), loadUndoLog(account_id)]);
  const visit = view.visits.get(request.params.id);
  const entry = visit && markToUndo(view, undoLog, visit);
  return showAfter(request, entry ? undoOperation(request, visit, entry) : Promise.resolve(), visit?.household_id);
}

/** The list after a tap, with the error if it could not be saved. */
async function showAfter(request: LaterRequest, saving: Promise<unknown>, touched?: string) {
  try {
    await saving;
  } catch (error) {
    if (error instanceof NotFound) throw error;
    return show(request, { touched, errors: saveFailed(error) });
  }
  return show(request, { touched });
}

/** The list. After a tap focus and scroll position stay. */
async function show({ account, url, form, env }: LaterRequest, tapped: Tapped | null) {
  const [view, undoLog] = await Promise.all([loadView(account.account_id), loadUndoLog(account.account_id)]);
  // A list that has grown since its rows were drawn stays as long.
  const query = { ...parseListQuery(tapped ? new URL(env.shown()) : url), address: QUICK_PATH };
  const errors = tapped?.errors ?? {};
  const now = env.now();
  const rowFields = (household: Household) => ({
    href: `${LIST_PATH}/${household.id}`,
    id: env.newId(),
    action: isActive(household) ? `${LIST_PATH}/${household.id}/mark` : "",
    mark: markOf(view, undoLog, household, account.account_id, now),
    touched: household.id === tapped?.touched,
    asked: household.id === tapped?.touched && tapped.asked ? question(tapped.asked) : null,
  });
  const question = (visit: Visit) => ({
    text: `${visitSummary(visit, view)} · ${recordedText(view, visit, account.account_id)}`,
    again: visit.id,
    result: form.get("result") ?? "",
  });
  const isPinned = ({ id }: Household) => visitsOf(view, id).some((visit) => isOneTap(visit, account.account_id, now));
  const context = {
    ...listContext({ view, now, rowFields, isPinned, drafts: await listDrafts(account.account_id, view) }, query),
    ...headingContext(view, query.q),
    quick: {
      ...settingContext(await loadSetting(account.account_id, view, now), errors, tapped === null),
      live: !tapped?.asked, // a refresh would take the question away
    },
    mode_href: listAddress(query, { address: LIST_PATH, page: 1 }),
  };
  return page("quick", context, errorList(errors).length ? 422 : 200);
}

/** The services of today, and the setting as far as they have it. A setting of an earlier day is not used any more. */
async function loadSetting(accountId: string, view: View, now: Date): Promise<Setting> {
  const today = localDay(now);
  const fields = fieldsOfDraft((await loadDraft(accountId, DRAFT, (at) => localDay(at) >= today)) ?? {});
  const offered = view.services.filter((one) => isOffered(one, today));
  const service = offered.find(({ code }) => code === fields.get("service"));
  const outcome = service?.outcomes.find((one) => one === fields.get("outcome"));
  return { offered, service, outcome: outcome ?? "" };
}

function check({ service, outcome }: Setting) {
  return {
    service: service ? "" : _("Chọn một việc trước, rồi bấm Đã gặp."),
    outcome: service && !outcome ? _("Chọn kết quả của việc này, rồi bấm Đã gặp.") : "",
  };
}

function settingContext({ offered, service, outcome }: Setting, errors: Record<string, string>, autofocus: boolean) {
  const choice = (value: string, label: string) => ({ value, label, chosen: value !== "" && value === outcome });
  const rest = offered.slice(FRONT_SERVICES);
  const pillars = Object.entries(PILLARS).map(([pillar, label]) => ({
    label,
    services: rest.filter((one) => one.pillar === pillar).map(({ code, label }) => choice(code, label[language])),
  }));
  const outcomes = service ? [...new Set([...service.first, ...service.outcomes])] : [];
  const label = service?.label[language] ?? "";
  return {
    draft: DRAFT,
    autofocus,
    is_set: outcome !== "",
    text: outcome ? `${label} · ${OUTCOMES[outcome] ?? outcome}` : "",
    service: service?.code ?? "",
    label,
    other: choice("", _("Chọn việc khác")),
    services: offered.slice(0, FRONT_SERVICES).map(({ code, label }) => choice(code, label[language])),
    pillars: pillars.filter(({ services }) => services.length),
    outcomes: outcomes.map((value) => choice(value, OUTCOMES[value] ?? value)),
    errors: errorList({ "": errors[""] ?? "" }),
    service_error: errors.service ?? "",
    outcome_error: errors.outcome ?? "",
  };
}

/** The mark in the household's row, and the address that undoes it. */
function markOf(view: View, undoLog: UndoEntry[], { id }: Household, reader: string, now: Date) {
  const visit = visitsOf(view, id).find((one) => isOneTap(one, reader, now));
  if (!visit || now.getTime() - Date.parse(visit.occurred_at) > UNDO_MS) return null;
  const { step } = visit;
  const status = recordStatus(visit, now);
  return {
    step: step === "queued" ? { ...status, text: _("Đã lưu trên máy") } : status,
    undo: markToUndo(view, undoLog, visit) ? `/field/visits/${visit.id}/mark/undo` : "",
  };
}

/** The undo entry of the tap that recorded the visit, if nothing was done to it since. */
function markToUndo(view: View, undoLog: UndoEntry[], visit: Visit) {
  const entry = findUndoable(view, undoLog, visit);
  return entry && isMark(entry) ? entry : null;
}

/** Whether the visit is the reader's own, of today, and has no more content than a tap records. */
function isOneTap(
  { recorded_by, occurred_at, result, services, note, follow_up_on }: Visit,
  reader: string,
  now: Date,
) {
  const one = result === "helped" ? services.length === 1 && services[0].people === 1 : result === "not_home";
  return one && !note && !follow_up_on && recorded_by === reader && localDay(occurred_at) === localDay(now);
}

/** @returns newest first */
function visitsOf(view: View, householdId: string): Visit[] {
  return view.visitsByHousehold.get(householdId) ?? [];
}
