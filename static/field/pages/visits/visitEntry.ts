// The fields of the visit form: read from the form or a visit, validated, and as the data of an operation.

import type { ServiceRow } from "../../core/protocol.ts";
import { _, language } from "../../core/strings.ts";
import type { Values } from "../../store/drafts.ts";
import type { Visit } from "../../store/view/overlay.ts";
import { readText } from "../fields.ts";
import { dayAfter, isDay } from "../formats.ts";
import { RESULTS } from "../labels.ts";
import { needData, needsFromVisit, parseNeeds } from "./visitNeeds.ts";

type ServiceInput = { outcome: string; people: string };

export type Entry = {
  household_id: string;
  result: string;
  /** by code, in the order of the form */
  services: Map<string, ServiceInput>;
  note: string;
  /** whether the sentence about digits in the note was shown */
  /** yyyy-MM-dd, `pick` for the day in `follow_up_on`, `unknown`, or empty */
  follow_up: string;
  follow_up_on: string;
  needs: Set<string>;
  seen_needs: Set<string>;
};

export const MAX_PEOPLE = 20;
const NOTE = { most: 500, lines: true };
/** The server accepts follow-ups at most a year and a day ahead. */
export const MAX_DAYS_AHEAD = 366;

/** With these results a visit has no services. */
export const WITHOUT_SERVICES = new Set(["not_home", "not_needed", "refused"]);
/** With these a visit has no follow-up. */
const WITHOUT_FOLLOW_UP = new Set(["not_needed", "refused"]);
/** With these nobody was asked what else the household wants. */
const WITHOUT_NEEDS = new Set(["not_home", "refused"]);

export function parseEntry(form: URLSearchParams): Entry {
  const services = form.getAll("service").map((code) => {
    const service = { outcome: form.get(`outcome-${code}`) ?? "", people: form.get(`people-${code}`) ?? "1" };
    return [code, service] as const;
  });
  return {
    household_id: form.get("household_id") ?? "",
    result: form.get("result") ?? "",
    services: new Map(services),
    note: form.get("note") ?? "",
    follow_up: form.get("follow_up") ?? "",
    follow_up_on: form.get("follow_up_on") ?? "",
    ...parseNeeds(form),
  };
}

/** Whether a form offers the service on a day. */
export function isOffered({ active, first_day, last_day }: ServiceRow, day: string) {
  return active && (first_day ?? day) <= day && day <= (last_day ?? day);
}

export function entryFromVisit({ household_id, result, services, note, follow_up_on, ...visit }: Visit): Entry {
  return {
    household_id,
    result,
    services: new Map(services.map(({ code, outcome, people }) => [code, { outcome, people: String(people) }])),
    note: note ?? "",
    follow_up: follow_up_on ?? (result === "come_back" ? "unknown" : ""),
    follow_up_on: follow_up_on ?? "",
    ...needsFromVisit(visit),
  };
}

/** The fields of a form in which the visit's content is typed. */
export function valuesFromVisit(visit: Visit): Values {
  const { services, needs, seen_needs, ...fields } = entryFromVisit(visit);
  const outcomes = [...services].flatMap(([code, { outcome, people }]) => [
    [`outcome-${code}`, outcome],
    [`people-${code}`, people],
  ]);
  const chosen = { service: [...services.keys()], need: [...needs], open_need: [...seen_needs] };
  return { ...fields, ...chosen, ...Object.fromEntries(outcomes) };
}

/**
 * An error sentence for each invalid field, by the field's id.
 * @param today yyyy-MM-dd
 * @param known `services`: the catalog, for their labels; `before`:
 *   the follow-up day saved before, which may lie in the past
 */
export function checkEntry(
  entry: Entry,
  today: string,
  { services = [], before = null }: { services?: ServiceRow[]; before?: string | null } = {},
): Record<string, string> {
  const withoutServices = WITHOUT_SERVICES.has(entry.result);
  const withoutFollowUp = WITHOUT_FOLLOW_UP.has(entry.result);
  return {
    result: Object.hasOwn(RESULTS, entry.result) ? "" : _("Chọn một kết quả trước khi lưu."),
    ...(withoutServices ? {} : checkServices(entry, services)),
    note: readText(entry.note, NOTE).error,
    follow_up: withoutFollowUp || followUpDay(entry) === before ? "" : checkFollowUp(entry, today),
  };
}

/** The data of `visit.record` and `visit.amend`, from an entry without errors. */
export function operationData(entry: Entry) {
  const withoutServices = WITHOUT_SERVICES.has(entry.result);
  const services = [...entry.services].map(([code, { outcome, people }]) => ({
    code,
    outcome,
    people: Number(people),
  }));
  return {
    household_id: entry.household_id,
    result: entry.result,
    services: withoutServices ? [] : services,
    note: readText(entry.note, NOTE).text,
    follow_up_on: WITHOUT_FOLLOW_UP.has(entry.result) ? null : followUpDay(entry) || null,
    ...(WITHOUT_NEEDS.has(entry.result) ? {} : needData(entry)),
  };
}

function checkServices({ result, services }: Entry, catalog: ServiceRow[]) {
  const errors: Record<string, string> = { services: "" };
  if (result === "helped" && services.size === 0) errors.services = _("Chọn ít nhất một việc đã hướng dẫn.");
  for (const [code, { outcome, people }] of services) {
    const service = catalog.find((one) => one.code === code)?.label[language] ?? code;
    if (!outcome) errors[`outcome-${code}`] = _("Chọn kết quả của việc “%(service)s”.", { service });
    const count = /^\d+$/.test(people.trim()) ? Number(people) : 0;
    if (count < 1 || count > MAX_PEOPLE)
      errors[`people-${code}`] = _("Ghi số từ 1 đến %(most)s.", { most: MAX_PEOPLE });
  }
  return errors;
}

function checkFollowUp(entry: Entry, today: string) {
  if (entry.result === "come_back" && !entry.follow_up) return _("Chọn ngày quay lại, hoặc bấm Chưa rõ ngày.");
  const day = followUpDay(entry);
  if (day === "") return "";
  if (day === "pick" || !isDay(day)) return _("Chọn ngày hẹn quay lại.");
  if (day < today) return _("Ngày hẹn đã qua. Chọn ngày từ hôm nay trở đi.");
  return day > dayAfter(today, MAX_DAYS_AHEAD) ? _("Ngày hẹn xa quá một năm. Chọn ngày gần hơn.") : "";
}

function followUpDay({ follow_up, follow_up_on }: Entry) {
  if (follow_up === "unknown") return "";
  return follow_up === "pick" ? follow_up_on || "pick" : follow_up;
}
