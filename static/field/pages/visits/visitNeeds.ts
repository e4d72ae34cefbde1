// Còn cần gì?: the part of the visit form about needs.

import type { ServiceRow } from "../../core/protocol.ts";
import { openNeeds } from "../../store/view/needs.ts";
import type { View } from "../../store/view/overlay.ts";
import { serviceLabel } from "../labels.ts";

type NeedInput = {
  /** the services that are ticked */
  needs: Set<string>;
  /** those that the form showed as open before the visit */
  seen_needs: Set<string>;
};

/** Services before *Việc khác*. */
const FRONT_SERVICES = 5;

export function parseNeeds(form: URLSearchParams): NeedInput {
  return { needs: new Set(form.getAll("need")), seen_needs: new Set(form.getAll("open_need")) };
}

export function needsFromVisit({
  needs = [],
  dropped_needs = [],
}: {
  needs?: string[];
  dropped_needs?: string[];
}): NeedInput {
  return { needs: new Set(needs), seen_needs: new Set(dropped_needs) };
}

/**
 * The needs as the data of an operation: what was open before the visit and is still ticked is not said again. Empty if
 * nothing was added or dropped.
 */
export function needData({ needs, seen_needs }: NeedInput): { needs?: string[]; dropped_needs?: string[] } {
  const added = [...needs].filter((code) => !seen_needs.has(code));
  const dropped = [...seen_needs].filter((code) => !needs.has(code));
  return { ...(added.length ? { needs: added } : {}), ...(dropped.length ? { dropped_needs: dropped } : {}) };
}

/** What the page shows: open needs are ticked unless they were unticked before. */
export function needFields(view: View, entry: NeedInput, offered: ServiceRow[], householdId: string, visitId: string) {
  const seen = new Set([...openNeeds(view, householdId, visitId), ...entry.seen_needs]);
  const isChosen = (code: string) => entry.needs.has(code) || (seen.has(code) && !entry.seen_needs.has(code));
  const front = new Set([...seen, ...entry.needs, ...offered.slice(0, FRONT_SERVICES).map(({ code }) => code)]);
  const rest = offered.flatMap(({ code }) => (front.has(code) ? [] : [code]));
  const choice = (code: string) => ({ code, label: serviceLabel(view, code), chosen: isChosen(code) });
  const { needs = [], dropped_needs = [] } = needData(entry);
  return {
    open_needs: [...seen],
    open_needs_text: needsText(view, seen),
    needs: [...front].map(choice),
    other_needs: rest.map(choice),
    needs_open: needs.length + dropped_needs.length > 0,
  };
}

/** *Trả điện, nước, học phí · Làm mức 2*. */
export function needsText(view: View, codes: Iterable<string>) {
  return [...codes].map((code) => serviceLabel(view, code)).join(" · ");
}
