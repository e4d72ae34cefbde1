// V5 Ghi lượt thăm: the form of a new or amended visit. visitSave.ts saves it.

import { _, language } from "../../core/strings.ts";
import { formErrors } from "../fields.ts";
import { dayAfter, dayText, localDay } from "../formats.ts";
import { dayOrTimeText, followUpText } from "../households/householdStatus.ts";
import { lastVisits } from "../households/lastVisits.ts";
import { hasLongNumber, householdAddress, householdTitle, OUTCOMES, PILLARS, RESULTS } from "../labels.ts";
import { page } from "../responses.ts";
import { isOffered, MAX_DAYS_AHEAD } from "./visitEntry.ts";
import { needFields } from "./visitNeeds.ts";

/** @typedef {import("../../store/view/overlay.ts").View} View */
/** @typedef {import("../../store/view/overlay.ts").Household} Household */
/** @typedef {import("../../core/protocol.ts").ServiceRow} ServiceRow */
/** @typedef {import("./visitEntry.ts").Entry} Entry */

/**
 * @typedef {object} Form What the page shows besides the entry.
 * @property {string} id of the operation
 * @property {string} [visit] the visit to amend; a new one has the operation's id
 * @property {number} [version] the visit's, as the form shows it
 * @property {string} [seen_return] when the return was decided that the form shows, or an empty text
 * @property {string} draft
 * @property {string} title
 * @property {string} action
 * @property {string} message
 * @property {string} refusal why the visit was returned or refused, or an empty text
 * @property {string} marked_field the field to correct, or an empty text
 * @property {string} change the address where another household can be chosen, or an empty text
 * @property {string} withdraw
 * @property {boolean} resumed it goes on from a draft
 * @property {string} [again] the visit of today that the person was asked about, or an empty text
 */

/** @type {Record<string, {id: string, label: string}>} The fields that a refusal or a returned visit may name. */
const FIELD_LINKS = {
  household_id: { id: "household", label: _("Hộ") },
  result: { id: "result", label: _("Kết quả") },
  services: { id: "services", label: _("Việc hướng dẫn") },
  note: { id: "note", label: _("Ghi chú") },
  follow_up_on: { id: "follow_up", label: _("Hẹn quay lại") },
  needs: { id: "needs", label: _("Còn cần gì?") },
};

/** Services before *Việc khác*. */
const FRONT_SERVICES = 5;
/** Mai, 3 ngày nữa, Tuần sau. */
const DAYS = [
  { days: 1, label: _("Mai") },
  { days: 3, label: _("3 ngày nữa") },
  { days: 7, label: _("Tuần sau") },
];

/**
 * @param {Form} form
 * @param {Entry} entry
 * @param {{view: View, household: Household | undefined, number: string, reader: string, now: Date}} shown
 *   `household`: where it is, if that is in the list; `number`: its house number, also if it is not
 * @param {Record<string, string>} [sentences] by field
 */
export function showForm(form, entry, { view, household, number, reader, now }, sentences = {}) {
  const faults = formErrors(sentences);
  const { change, visit = form.id, version = 0, seen_return = "", again = "", ...rest } = form;
  const open_follow_up = household ? followUpText(view, household.id, now) : "";
  const context = {
    ...rest,
    ...faults,
    version,
    seen_return,
    again,
    number,
    marked_link: FIELD_LINKS[form.marked_field] ?? null,
    household: {
      ...(household ? listedHousehold(view, household) : { id: entry.household_id, ...lostHousehold(number) }),
      change,
    },
    last_visit: household ? lastVisitText(view, household, reader, visit, now) : "",
    open_follow_up,
    results: Object.entries(RESULTS).map(([value, label]) => ({ value, label, chosen: entry.result === value })),
    ...services(view, entry, localDay(now), sentences),
    ...needFields(view, entry, offered(view, localDay(now)), household?.id ?? "", visit),
    note: entry.note,
    note_digits: hasLongNumber(entry.note),
    digits_seen: (entry.digits_seen || Boolean(sentences.note)) && hasLongNumber(entry.note),
    ...followUpFields(entry, localDay(now), open_follow_up),
    result_error: sentences.result ?? "",
    services_error: sentences.services ?? "",
    note_error: sentences.note ?? "",
    follow_up_error: sentences.follow_up ?? "",
  };
  return page("visit_form", context, faults.errors.length ? 422 : 200);
}

/**
 * @param {View} view
 * @param {Household} household
 */
function listedHousehold(view, household) {
  const href = `/field/households/${household.id}`;
  return { id: household.id, href, title: householdTitle(household), address: householdAddress(household, view) };
}

/**
 * How a form names a household that has left the list.
 * @param {string} number
 */
export function lostHousehold(number) {
  const left = _("Hộ không còn trong danh sách");
  const named = number ? { title: _("Số nhà %(number)s", { number }), address: left } : { title: left, address: "" };
  return { href: "/field/log", ...named };
}

/**
 * The last visit that met somebody: *Tổ đã gặp 12/11/2026*, or *Đã gặp …* for one's own. Without any, as in the
 * list, the last one that found nobody: *Vắng nhà …*.
 * @param {View} view
 * @param {Household} household
 * @param {string} reader
 * @param {string} except the visit in the form
 * @param {Date} now
 */
function lastVisitText(view, household, reader, except, now) {
  const { met, last } = lastVisits(view, household.id, except);
  if (!met) return last ? _("Vắng nhà %(date)s", { date: dayOrTimeText(last, now) }) : "";
  const date = dayOrTimeText(met, now);
  const isOwn = !met.visit || met.visit.recorded_by === reader;
  return isOwn ? _("Đã gặp %(date)s", { date }) : _("Tổ đã gặp %(date)s", { date });
}

/**
 * @param {View} view
 * @param {string} today
 */
function offered(view, today) {
  return view.services.filter((one) => isOffered(one, today));
}

/**
 * The services that are offered, and those that the entry has.
 * @param {View} view
 * @param {Entry} entry
 * @param {string} today
 * @param {Record<string, string>} sentences
 */
function services(view, entry, today, sentences) {
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

/**
 * The services of the entry that the catalog does not have since a restore: a visit retains them.
 * @param {View} view
 * @param {Entry} entry
 * @returns {ServiceRow[]}
 */
function unknownServices(view, entry) {
  const known = new Set(view.services.map(({ code }) => code));
  return [...entry.services].flatMap(([code, { outcome }]) => {
    if (known.has(code)) return [];
    const label = _("Việc không còn trong danh mục");
    const outcomes = [outcome];
    const row = { code, pillar: "more", label: { vi: label, en: label }, outcomes, first: outcomes };
    return [{ ...row, order: 0, unit: "people", active: true, first_day: null, last_day: null, feed_seq: 0 }];
  });
}

/**
 * @param {ServiceRow} service
 * @param {Entry} entry
 * @param {Record<string, string>} sentences
 */
function serviceChoice({ code, pillar, label, outcomes, first, unit }, entry, sentences) {
  const entered = entry.services.get(code);
  /** @param {string} value */
  const outcome = (value) => ({ value, label: OUTCOMES[value] ?? value, chosen: entered?.outcome === value });
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
 * @param {Entry} entry
 * @param {string} today
 * @param {string} open
 */
function followUpFields({ follow_up, follow_up_on, result }, today, open) {
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
