// The state of a record that this phone's operations change.

/** @typedef {import("./overlay.ts").Mark} Mark */
/** @typedef {import("./overlay.ts").OverlayOperation} OverlayOperation */
/** @typedef {import("./overlay.ts").PendingView} PendingView */

/** @type {Record<Mark, number>} */
const WEIGHT = { sent: 0, dropped: 1, waiting: 2, queued: 3, fix: 4 };

/**
 * The state of a record: that of its operation with the highest weight; among equals, of the latest.
 * @param {PendingView} view
 * @param {string} id
 * @param {OverlayOperation} change
 */
export function localState(view, id, change) {
  const before = view.decisive.get(id);
  const decisive = before && WEIGHT[before.mark] > WEIGHT[change.mark] ? before : change;
  view.decisive.set(id, decisive);
  const pending = decisive.mark === "queued" || decisive.mark === "fix";
  return { pending, step: decisive.mark, cause: { type: decisive.op.type, code: decisive.code ?? "" } };
}
