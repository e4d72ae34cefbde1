// V5 Ghi lượt thăm: the form, for a new visit and for one to amend. What is saved is in visit_save.js.

import { _ } from "../strings.js";
import { page } from "./answers.js";
import { boxOf } from "./fields.js";
import { dateText, dayAfter, dayText, localDay } from "./formats.js";
import { MOST_DAYS_AHEAD } from "./visit_entry.js";
import { addressOf, OUTCOMES, PILLARS, RESULTS, titleOf } from "./words.js";

/** @typedef {import("../store/overlay.js").Book} Book */
/** @typedef {import("../store/overlay.js").Household} Household */
/** @typedef {import("../sync/protocol.js").ServiceRow} ServiceRow */
/** @typedef {import("./visit_entry.js").Entry} Entry */

/**
 * @typedef {object} Form What the page shows besides the entry.
 * @property {string} id of the operation
 * @property {string} [visit] the visit to amend; a new one has the operation's id
 * @property {string} draft
 * @property {string} title
 * @property {string} action
 * @property {string} message
 * @property {string} fix why the visit came back, or an empty text
 * @property {string} marked the field that it is about, or an empty text
 * @property {string} change where another household can be chosen, or an empty text
 * @property {string} withdraw
 * @property {boolean} resumed it goes on from a draft
 */

/** @type {Record<string, {id: string, label: string}>} What the commune or the server may point at. */
const PLACES = {
  household_id: { id: "household", label: _("Hộ") },
  result: { id: "result", label: _("Kết quả") },
  services: { id: "services", label: _("Việc hướng dẫn") },
  note: { id: "note", label: _("Ghi chú") },
  follow_up_on: { id: "follow_up", label: _("Hẹn quay lại") },
};

/** Services before *Việc khác*. */
const FRONT = 5;
/** Mai, 3 ngày nữa, Tuần sau. */
const DAYS = [
  { days: 1, label: _("Mai") },
  { days: 3, label: _("3 ngày nữa") },
  { days: 7, label: _("Tuần sau") },
];

/**
 * @param {Form} form
 * @param {Entry} entry
 * @param {{book: Book, household: Household | undefined, reader: string, now: Date}} scene `household`: where it is, if
 *   that is in the list
 * @param {Record<string, string>} [sentences] by field
 */
export function showForm(form, entry, { book, household, reader, now }, sentences = {}) {
  const errors = boxOf(sentences);
  const { change, visit = form.id, ...rest } = form;
  const context = {
    ...rest,
    errors,
    place: PLACES[form.marked] ?? null,
    household: household
      ? {
          id: household.id,
          href: `/field/households/${household.id}`,
          title: titleOf(household),
          address: addressOf(household, book),
          change,
        }
      : { id: entry.household_id, href: "/field/log", title: _("Hộ không còn trong danh sách"), address: "", change },
    met: household ? metText(book, household, reader, visit) : "",
    results: Object.entries(RESULTS).map(([value, label]) => ({ value, label, chosen: entry.result === value })),
    ...services(book, entry, sentences),
    note: entry.note,
    ...promise(entry, localDay(now)),
    result_error: sentences.result ?? "",
    services_error: sentences.services ?? "",
    note_error: sentences.note ?? "",
    follow_up_error: sentences.follow_up ?? "",
  };
  return page("visit_form", context, errors.length ? 422 : 200);
}

/**
 * Said at the door: *Tổ đã đến 12/11/2026*, or that oneself was there.
 * @param {Book} book
 * @param {Household} household
 * @param {string} reader
 * @param {string} except the visit in the form
 */
function metText(book, household, reader, except) {
  const last = (book.visitsByHousehold.get(household.id) ?? []).find(({ id }) => id !== except);
  if (!last) return "";
  const date = dateText(last.occurred_at);
  return last.recorded_by === reader ? _("Đã đến %(date)s", { date }) : _("Tổ đã đến %(date)s", { date });
}

/**
 * @param {Book} book
 * @param {Entry} entry
 * @param {Record<string, string>} sentences
 */
function services(book, entry, sentences) {
  const offered = [...book.services, ...switchedOff(book, entry)];
  const choices = offered.map((service) => choice(service, entry, sentences));
  const rest = choices.slice(FRONT);
  const pillars = Object.entries(PILLARS).map(([pillar, label]) => ({
    label,
    services: rest.filter((one) => one.pillar === pillar).map(({ pillar: _pillar, ...one }) => one),
  }));
  return {
    services: choices.slice(0, FRONT).map(({ pillar: _pillar, ...one }) => one),
    pillars: pillars.filter((pillar) => pillar.services.length),
    pillars_open: rest.some(({ chosen }) => chosen),
  };
}

/**
 * A visit keeps a service that the commune has switched off since.
 * @param {Book} book
 * @param {Entry} entry
 * @returns {ServiceRow[]}
 */
function switchedOff(book, entry) {
  const known = new Set(book.services.map(({ code }) => code));
  return [...entry.services].flatMap(([code, { outcome }]) => {
    if (known.has(code)) return [];
    const label = _("Việc không còn trong danh mục");
    const outcomes = [outcome];
    const row = { code, pillar: "more", label: { vi: label, en: label }, outcomes, first: outcomes };
    return [{ ...row, order: 0, unit: "people", feed_seq: 0 }];
  });
}

/**
 * @param {ServiceRow} service
 * @param {Entry} entry
 * @param {Record<string, string>} sentences
 */
function choice({ code, pillar, label, outcomes, first, unit }, entry, sentences) {
  const given = entry.services.get(code);
  /** @param {string} value */
  const outcome = (value) => ({ value, label: OUTCOMES[value] ?? value, chosen: given?.outcome === value });
  const others = outcomes.filter((value) => !first.includes(value)).map(outcome);
  return {
    code,
    pillar,
    label: label.vi,
    chosen: given !== undefined,
    first: first.map(outcome),
    others,
    others_open: others.some(({ chosen }) => chosen),
    unit: unit === "applications" ? _("Số hồ sơ") : _("Số người"),
    people: given?.people ?? "1",
    error: sentences[`outcome-${code}`] ?? "",
    people_error: sentences[`people-${code}`] ?? "",
  };
}

/**
 * A draft of yesterday keeps the day that was meant: what is not one of today's three stands under *Chọn ngày*.
 * @param {Entry} entry
 * @param {string} today
 */
function promise({ follow_up, follow_up_on, result }, today) {
  const days = DAYS.map(({ days: ahead, label }) => {
    const value = dayAfter(today, ahead);
    return { value, label, date: dayText(value), chosen: follow_up === value };
  });
  const undated = ["pick", "unknown", ""].includes(follow_up);
  const day = undated ? follow_up_on : follow_up;
  const picked = follow_up === "pick" || (!undated && !days.some(({ chosen }) => chosen));
  return {
    follow_up_days: days,
    picked,
    chosen_none: follow_up === "",
    chosen_unknown: follow_up === "unknown",
    come_back: result === "come_back",
    follow_up_on: day,
    follow_up_text: day ? dayText(day) : "",
    follow_up_open: follow_up !== "" || result === "come_back",
    follow_up_min: today,
    follow_up_max: dayAfter(today, MOST_DAYS_AHEAD),
  };
}
