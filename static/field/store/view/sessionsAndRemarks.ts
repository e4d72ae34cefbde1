// Applies this phone's operations to outreach sessions and remarks.

import { localState } from "./localState.ts";
import type { OverlayOperation, PendingView, View } from "./overlay.ts";

/** The records of an operation's type; none of a type without rows. */
// biome-ignore lint/suspicious/noExplicitAny: sessions and remarks are applied in the same way and have other contents.
export function rowsOf(view: View, type: string): Map<string, any> {
  const [kind] = type.split(".");
  return view[(kind === "outreach" ? "sessions" : `${kind}s`) as "sessions"] ?? new Map();
}

/** Records or amends an outreach session or a remark; an amendment that the commune dropped only sets its state. */
export function applyRecord(view: PendingView, change: OverlayOperation) {
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

export function withdrawRecord(view: PendingView, change: OverlayOperation) {
  const { id } = change.op.data;
  const rows = rowsOf(view, change.op.type);
  const record = rows.get(id);
  if (change.mark === "queued" || change.mark === "sent") {
    rows.delete(id);
    view.withdrawn.set(id, "");
  } else if (record) rows.set(id, { ...record, ...localState(view, id, change) });
}
