// Applies this phone's operations to outreach sessions and remarks.

import { localState } from "./localState.ts";

/** @typedef {import("./overlay.ts").OverlayOperation} OverlayOperation */
/** @typedef {import("./overlay.ts").PendingView} PendingView */
/** @typedef {import("./overlay.ts").View} View */

/**
 * The records of an operation's type.
 * @param {View} view
 * @param {string} type
 * @returns {Map<string, any>}
 */
export function rowsOf(view, type) {
  const [kind] = type.split(".");
  return view[/** @type {"sessions"} */ (kind === "outreach" ? "sessions" : `${kind}s`)];
}

/**
 * Records or amends an outreach session or a remark; an amendment that the commune dropped only sets its state.
 * @param {PendingView} view
 * @param {OverlayOperation} change
 */
export function applyRecord(view, change) {
  const { base_version: _version, ...content } = change.op.data;
  const { id } = content;
  if (view.withdrawn.has(id)) return;
  const rows = rowsOf(view, change.op.type);
  const before = rows.get(id);
  const stays = before && change.mark === "dropped" ? before : {};
  rows.set(id, {
    ...{ received_at: "", counted_on: content.held_on ?? content.about_on, version: 0, feed_seq: 0 },
    ...{ recorded_by: view.author, occurred_at: change.op.at },
    ...before,
    ...content,
    ...stays,
    ...localState(view, id, change),
    sent_at: view.decisive.get(id)?.at ?? null,
  });
}

/**
 * @param {PendingView} view
 * @param {OverlayOperation} change
 */
export function withdrawRecord(view, change) {
  const { id } = change.op.data;
  const rows = rowsOf(view, change.op.type);
  const record = rows.get(id);
  if (change.mark === "queued" || change.mark === "sent") {
    rows.delete(id);
    view.withdrawn.set(id, "");
  } else if (record) rows.set(id, { ...record, ...localState(view, id, change) });
}
