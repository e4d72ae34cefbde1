// The status of a household: met, follow-up due, absent or new; and the orders of the list.

import { _ } from "../../core/strings.ts";
import { addressKey, givenNameKey, sortByKey } from "../../core/text.ts";
import type { Household, View } from "../../store/view/overlay.ts";
import { dayText, localDay, timeText } from "../formats.ts";
import { type LastVisit, lastVisits } from "./lastVisits.ts";

type Status = "new" | "absent" | "met" | "follow_up";

/** The day (yyyy-MM-dd) of the earliest open follow-up, by household id. */
export const followUpDays = memoizePerView((view) => {
  const days = new Map<string, string>();
  for (const { household_id, due_on, closed_by } of view.followUps.values()) {
    const earliest = days.get(household_id);
    if (closed_by === null && (earliest === undefined || due_on < earliest)) days.set(household_id, due_on);
  }
  return days;
});

/** Whether its newest counted visit agreed on a return without a date. */
function hasUndatedFollowUp(view: View, householdId: string) {
  const { last } = lastOf(view, householdId);
  return last?.result === "come_back" && !last.follow_up_on;
}

/** The active households of which the earliest open follow-up is due by a day, each with it: the earliest first. */
export function followUpsUntil(view: View, day: string): [string, string][] {
  const due = [...followUpDays(view)].filter(([id, on]) => on <= day && view.households.get(id)?.state === "active");
  return due.sort(([, one], [, other]) => (one < other ? -1 : Number(one > other)));
}

/** The follow-up of a household in words; empty if there is none. */
export function followUpText(view: View, householdId: string, now: Date) {
  const due = followUpDays(view).get(householdId);
  if (due) return dueText(due, localDay(now));
  return hasUndatedFollowUp(view, householdId) ? _("Hẹn quay lại, chưa rõ ngày") : "";
}

/** Whether a household has an open follow-up, with or without a date. */
export function hasFollowUp(view: View, householdId: string) {
  return followUpDays(view).has(householdId) || hasUndatedFollowUp(view, householdId);
}

type LastVisits = ReturnType<typeof lastVisits>;
/** By household: what its last visits come to, and what that was read from. */
const knownVisits = new WeakMap<Household, { visits: unknown; replaced: unknown; last: LastVisits }>();

/** What the last visits of a household come to. A save changes one household, so that of the others is still known. */
function lastOf(view: View, householdId: string): LastVisits {
  const row = view.households.get(householdId);
  const [visits, replaced] = [view.visitsByHousehold.get(householdId), view.replaced.get(householdId)];
  const before = row && knownVisits.get(row);
  if (before && before.visits === visits && before.replaced === replaced) return before.last;
  const last = lastVisits(view, householdId);
  if (row) knownVisits.set(row, { visits, replaced, last });
  return last;
}

/** Whether somebody was met there. */
export function isMet(view: View, householdId: string) {
  return Boolean(lastOf(view, householdId).met);
}

/** *24/11/2026*, or of today *lúc 10:15*: the next one at the gate has to know that somebody was here this morning. */
export function dayOrTimeText({ day, visit }: LastVisit, now: Date) {
  return visit && day === localDay(now) ? _("lúc %(time)s", { time: timeText(visit.occurred_at) }) : dayText(day);
}

/** All households by hamlet, alley and house number. */
export const householdsByAddress = memoizePerView(({ hamlets, households }) => {
  const rank = new Map(hamlets.map((hamlet, index) => [hamlet.id, String.fromCharCode(index)]));
  const lastRank = String.fromCharCode(rank.size);
  return sortByKey(
    households.values(),
    (household) => (rank.get(household.hamlet_id) ?? lastRank) + addressKey(household),
  );
}, householdRows);

/** All households by given name. */
export const householdsByName = memoizePerView(
  ({ households }) => sortByKey(households.values(), ({ head_name }) => givenNameKey(head_name)),
  householdRows,
);

/** How many active households of a hamlet are met. */
type Coverage = { name: string; met: number; total: number };

/** The coverage of each hamlet of the phone that has households, in their order. */
export const hamletCoverage = memoizePerView((view) => {
  const others: Coverage = { name: "", met: 0, total: 0 };
  const rows = new Map(view.hamlets.map(({ id, name }) => [id, { name, met: 0, total: 0 }]));
  for (const { id, hamlet_id } of [...view.households.values()].filter(isActive)) {
    const row = rows.get(hamlet_id) ?? others;
    row.total += 1;
    if (isMet(view, id)) row.met += 1;
  }
  return [...rows.values(), others].filter(({ total }) => total > 0);
});

/** The coverage of all of them together. */
export function coverage(view: View): Coverage {
  const rows = hamletCoverage(view);
  const sum = (key: "met" | "total") => rows.reduce((all, row) => all + row[key], 0);
  return { name: view.hamlets.map(({ name }) => name).join(", "), met: sum("met"), total: sum("total") };
}

/** The next household to visit: the first one after this in address order, in the same hamlet, that is not met. */
export function nextHousehold(view: View, household: Household): Household | undefined {
  const ordered = householdsByAddress(view).filter(({ hamlet_id }) => hamlet_id === household.hamlet_id);
  const here = ordered.findIndex(({ id }) => id === household.id);
  const following = [...ordered.slice(here + 1), ...ordered.slice(0, Math.max(here, 0))];
  return following.find((other) => isActive(other) && !isMet(view, other.id));
}

/** *Đã gặp 12/11/2026*; where nobody was met, *Vắng nhà …*; empty without a visit. */
export function lastVisitText(view: View, householdId: string, now: Date) {
  const { met, last } = lastOf(view, householdId);
  if (met) return _("Đã gặp %(date)s", { date: dayOrTimeText(met, now) });
  return last ? _("Vắng nhà %(date)s", { date: dayOrTimeText(last, now) }) : "";
}

/** A household's status and the line that shows it. */
export function householdStatus(view: View, household: Household, now: Date): { status: Status; line: string } {
  const followUp = followUpText(view, household.id, now);
  if (followUp) return { status: "follow_up", line: followUp };
  const line = lastVisitText(view, household.id, now);
  if (!line) return { status: "new", line: _("Chưa gặp") };
  return { status: isMet(view, household.id) ? "met" : "absent", line };
}

/**
 * *Hẹn hôm nay*, *Hẹn 25/11/2026*, *Quá hẹn 20/11/2026*.
 * @param due yyyy-MM-dd
 * @param today yyyy-MM-dd
 */
export function dueText(due: string, today: string) {
  if (due === today) return _("Hẹn hôm nay");
  const date = dayText(due);
  return due < today ? _("Quá hẹn %(date)s", { date }) : _("Hẹn %(date)s", { date });
}

export function isActive({ state }: Household) {
  return state === "active";
}

/** Caches a result for each view, or for a part of it that later views share while it is unchanged. */
function memoizePerView<T>(work: (view: View) => T, part: (view: View) => object = (view) => view): (view: View) => T {
  const results = new WeakMap<object, T>();
  return (view) => {
    const key = part(view);
    if (!results.has(key)) results.set(key, work(view));
    return results.get(key) as T;
  };
}

function householdRows({ households }: View) {
  return households;
}
