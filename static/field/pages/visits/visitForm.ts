// V5 Ghi lượt thăm: the form of a new or amended visit. visitSave.ts saves it.

import { maskIdNumbers } from "../../core/idNumbers.ts";
import type { Outcome, ServiceRow } from "../../core/protocol.ts";
import { _, language } from "../../core/strings.ts";
import type { Household, View } from "../../store/view/overlay.ts";
import { errorList, formErrors } from "../fields.ts";
import { dayAfter, dayText, localDay } from "../formats.ts";
import { dayOrTimeText, followUpText } from "../households/householdStatus.ts";
import { lastVisits } from "../households/lastVisits.ts";
import { householdAddress, householdTitle, OUTCOMES, PILLARS, RESULTS } from "../labels.ts";
import { page } from "../responses.ts";
import { visitBefore } from "./visitBefore.ts";
import { type Entry, isOffered, MAX_DAYS_AHEAD } from "./visitEntry.ts";
import { needFields } from "./visitNeeds.ts";

/** What the page shows besides the entry. */
export type Form = {
  /** of the operation */
  id: string;
  /** the visit to amend; a new one has the operation's id */
  visit?: string;
  draft: string;
  title: string;
  action: string;
  message: string;
  /** the field to correct, or an empty text */
  marked_field: string;
  /** the address where another household can be chosen, or an empty text */
  change: string;
  /** it goes on from a draft */
  resumed: boolean;
  /** the visit of today that the person was asked about, or an empty text */
  again?: string;
};

/** Services before *Việc khác*. */
const FRONT_SERVICES = 5;
/** Mai, 3 ngày nữa, Tuần sau. */
const DAYS = [
  { days: 1, label: _("Mai") },
  { days: 3, label: _("3 ngày nữa") },
  { days: 7, label: _("Tuần sau") },
];

export type Shown = {
  view: View;
  /** where it is, if that is in the list */
  household: Household | undefined;
  /** its house number, also if it is not */
  number: string;
  reader: string;
  now: Date;
};

/** @param sentences by field */
export function showForm(form: Form, entry: Entry, shown: Shown, sentences: Record<string, string> = {}) {
  const { again = "" } = form;
  const context = { ...fieldsContext(form, entry, shown, sentences), again };
  return page("visit_form", context, statusOf(sentences));
}

/** The status of a form that is shown with these errors. */
export function statusOf(sentences: Record<string, string>) {
  return errorList(sentences).length ? 422 : 200;
}

/** What the form of a new visit and that of one that is corrected both show. */
export function fieldsContext(
  form: Form,
  entry: Entry,
  { view, household, number, reader, now }: Shown,
  sentences: Record<string, string>,
) {
  const { change, visit = form.id, again: _again, ...rest } = form;
  const open_follow_up = household ? followUpText(view, household.id, now) : "";
  return {
    ...rest,
    ...formErrors(sentences),
    number,
    household: {
      ...(household ? listedHousehold(view, household) : { id: entry.household_id, ...lostHousehold(number) }),
      change,
    },
    last_visit: household ? lastVisitText(view, household, reader, visit, now) : "",
    open_follow_up,
    repeat: form.visit ? null : visitBefore(view, entry, reader, now),
    results: Object.entries(RESULTS).map(([value, label]) => ({ value, label, chosen: entry.result === value })),
    ...services(view, entry, localDay(now), sentences),
    ...needFields(view, entry, offered(view, localDay(now)), household?.id ?? "", visit),
    note: entry.note,
    note_digits: maskIdNumbers(entry.note) !== entry.note,
    ...followUpFields(entry, localDay(now), open_follow_up),
    result_error: sentences.result ?? "",
    services_error: sentences.services ?? "",
    note_error: sentences.note ?? "",
    follow_up_error: sentences.follow_up ?? "",
  };
}

function listedHousehold(view: View, household: Household) {
  const href = `/field/households/${household.id}`;
  return { id: household.id, href, title: householdTitle(household), address: householdAddress(household, view) };
}

/** How a form names a household that has left the list. */
export function lostHousehold(number: string) {
  const left = _("Hộ không còn trong danh sách");
  const named = number ? { title: _("Số nhà %(number)s", { number }), address: left } : { title: left, address: "" };
  return { href: "/field/log", ...named };
}

/**
 * The last visit that met somebody: *Tổ đã gặp 12/11/2026*, or *Đã gặp …* for one's own. Without any, as in the
 * list, the last one that found nobody: *Vắng nhà …*.
 * @param except the visit in the form
 */
function lastVisitText(view: View, household: Household, reader: string, except: string, now: Date) {
  const { met, last } = lastVisits(view, household.id, except);
  if (!met) return last ? _("Vắng nhà %(date)s", { date: dayOrTimeText(last, now) }) : "";
  const date = dayOrTimeText(met, now);
  const isOwn = !met.visit || met.visit.recorded_by === reader;
  return isOwn ? _("Đã gặp %(date)s", { date }) : _("Tổ đã gặp %(date)s", { date });
}

function offered(view: View, today: string) {
  return view.services.filter((one) => isOffered(one, today));
}

/** The services that are offered, and those that the entry has. */
function services(view: View, entry: Entry, today: string, sentences: Record<string, string>) {
  const known = view.services.filter((one) => isOffered(one, today) || entry.services.has(one.code));
  const shown = [...known, ...unknownServices(view, entry)];
  const choices = shown.map((service) => serviceChoice(service, entry, sentences));
  const rest = choices.slice(FRONT_SERVICES);
  const pillars = Object.entries(PILLARS).map(([pillar, label]) => ({
    label,
    services: rest.filter((one) => one.pillar === pillar),
  }));
  return {
    services: choices.slice(0, FRONT_SERVICES),
    pillars: pillars.filter((pillar) => pillar.services.length),
    pillars_open: rest.some(({ chosen }) => chosen),
  };
}

/** The services of the entry that the catalog does not have since a restore: a visit retains them. */
function unknownServices(view: View, entry: Entry): ServiceRow[] {
  const known = new Set(view.services.map(({ code }) => code));
  return [...entry.services].flatMap(([code, { outcome }]) => {
    if (known.has(code)) return [];
    const label = _("Việc không còn trong danh mục");
    const outcomes = [outcome as Outcome]; // of a visit that the catalog allowed
    const row = { code, pillar: "more" as const, label: { vi: label, en: label }, outcomes, first: outcomes };
    const rest = { order: 0, unit: "people" as const, active: true, first_day: null, last_day: null, feed_seq: 0 };
    return [{ ...row, ...rest }];
  });
}

function serviceChoice(
  { code, pillar, label, outcomes, first, unit }: ServiceRow,
  entry: Entry,
  sentences: Record<string, string>,
) {
  const entered = entry.services.get(code);
  const outcome = (value: string) => ({ value, label: OUTCOMES[value] ?? value, chosen: entered?.outcome === value });
  const others = outcomes.filter((value) => !first.includes(value)).map(outcome);
  return {
    code,
    pillar,
    label: label[language],
    chosen: entered !== undefined,
    first: first.map(outcome),
    others,
    others_open: others.some(({ chosen }) => chosen),
    unit: unit === "applications" ? _("Số hồ sơ") : _("Số người"),
    people: entered?.people ?? "1",
    error: sentences[`outcome-${code}`] ?? "",
    people_error: sentences[`people-${code}`] ?? "",
  };
}

/**
 * A day that is not one of today's three chips is shown under *Chọn ngày*: a draft of yesterday keeps its date. A visit
 * closes an earlier follow-up: if nobody is at home, the form asks for a new day.
 */
function followUpFields({ follow_up, follow_up_on, result }: Entry, today: string, open: string) {
  const days = DAYS.map(({ days: ahead, label }) => {
    const value = dayAfter(today, ahead);
    return { value, label, date: dayText(value), chosen: follow_up === value };
  });
  const undated = ["pick", "unknown", ""].includes(follow_up);
  const day = undated ? follow_up_on : follow_up;
  const come_back = result === "come_back" || (result === "not_home" && open !== "");
  const chosen_pick = follow_up === "pick" || (!undated && !days.some(({ chosen }) => chosen));
  return {
    follow_up_days: days,
    chosen_pick,
    chosen_none: follow_up === "",
    chosen_unknown: follow_up === "unknown",
    come_back,
    follow_up_on: day,
    follow_up_text: day ? dayText(day) : "",
    follow_up_open: follow_up !== "" || come_back,
    follow_up_min: today,
    follow_up_max: dayAfter(today, MAX_DAYS_AHEAD),
  };
}
