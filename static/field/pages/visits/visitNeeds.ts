// Còn cần gì?: the part of the visit form about needs.

import { openNeeds } from "../../store/view/needs.ts";
import { serviceLabel } from "../labels.ts";

/** @typedef {import("../../store/view/overlay.ts").View} View */
/** @typedef {import("../../core/protocol.ts").ServiceRow} ServiceRow */

/**
 * @typedef {object} NeedInput
 * @property {Set<string>} needs the services that are ticked
 * @property {Set<string>} seen_needs those that the form showed as open before the visit
 */

/** Services before *Việc khác*. */
const FRONT_SERVICES = 5;

/**
 * @param {URLSearchParams} form
 * @returns {NeedInput}
 */
export function parseNeeds(form) {
  return { needs: new Set(form.getAll("need")), seen_needs: new Set(form.getAll("open_need")) };
}

/**
 * @param {{needs?: string[], dropped_needs?: string[]}} visit
 * @returns {NeedInput}
 */
export function needsFromVisit({ needs = [], dropped_needs = [] }) {
  return { needs: new Set(needs), seen_needs: new Set(dropped_needs) };
}

/**
 * The needs as the data of an operation: what was open before the visit and is still ticked is not said again. Empty if
 * nothing was added or dropped.
 * @param {NeedInput} entry
 * @returns {{needs?: string[], dropped_needs?: string[]}}
 */
export function needData({ needs, seen_needs }) {
  const added = [...needs].filter((code) => !seen_needs.has(code));
  const dropped = [...seen_needs].filter((code) => !needs.has(code));
  return { ...(added.length ? { needs: added } : {}), ...(dropped.length ? { dropped_needs: dropped } : {}) };
}

/**
 * What the page shows: open needs are ticked unless they were unticked before.
 * @param {View} view
 * @param {NeedInput} entry
 * @param {ServiceRow[]} offered
 * @param {string} householdId
 * @param {string} visitId
 */
export function needFields(view, entry, offered, householdId, visitId) {
  const seen = new Set([...openNeeds(view, householdId, visitId), ...entry.seen_needs]);
  const isChosen = (/** @type {string} */ code) =>
    entry.needs.has(code) || (seen.has(code) && !entry.seen_needs.has(code));
  const front = new Set([...seen, ...entry.needs, ...offered.slice(0, FRONT_SERVICES).map(({ code }) => code)]);
  const rest = offered.flatMap(({ code }) => (front.has(code) ? [] : [code]));
  const choice = (/** @type {string} */ code) => ({ code, label: serviceLabel(view, code), chosen: isChosen(code) });
  const { needs = [], dropped_needs = [] } = needData(entry);
  return {
    open_needs: [...seen],
    open_needs_text: needsText(view, seen),
    needs: [...front].map(choice),
    other_needs: rest.map(choice),
    needs_open: needs.length + dropped_needs.length > 0,
  };
}

/**
 * *Trả điện, nước, học phí · Làm mức 2*.
 * @param {View} view
 * @param {Iterable<string>} codes
 */
export function needsText(view, codes) {
  return [...codes].map((code) => serviceLabel(view, code)).join(" · ");
}
