// The state of a record that this phone's operations change.

import type { Mark, OverlayOperation, PendingView } from "./overlay.ts";

const WEIGHT: Record<Mark, number> = { sent: 0, dropped: 1, waiting: 2, queued: 3, fix: 4 };

/** The state of a record: that of its operation with the highest weight; among equals, of the latest. */
export function localState(view: PendingView, id: string, change: OverlayOperation) {
  const before = view.decisive.get(id);
  const decisive = before && WEIGHT[before.mark] > WEIGHT[change.mark] ? before : change;
  view.decisive.set(id, decisive);
  const pending = decisive.mark === "queued" || decisive.mark === "fix";
  return { pending, step: decisive.mark, cause: { type: decisive.op.type, code: decisive.code ?? "" } };
}
