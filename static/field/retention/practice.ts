// What practice has stored on this phone: apart from the real records, and deleted as a whole.

import { deleteDB } from "idb";
import { PRACTICE } from "../core/device.ts";
import { announceToOthers } from "../store/changes.ts";
import { interruptTransactions } from "../store/db.ts";

/** The account that practises. */
export const MEMBER = "hoc-vien";

/** Deletes it, on a page that practises. Other tabs that do let go of it, and are told. */
export async function deletePractice() {
  interruptTransactions({ persisted: true });
  await deleteAll();
  announceToOthers({ kind: "account" });
}

/** Deletes what a tab has left that was closed while it practised, unless another one practises now. */
export async function deleteAbandoned() {
  await navigator.locks?.request(PRACTICE, { ifAvailable: true }, (lock) => lock && deleteAll());
}

/** Says to all tabs, as long as this page is open, that it practises. */
export function holdPractice() {
  void navigator.locks?.request(PRACTICE, { mode: "shared" }, () => new Promise(() => {}));
}

/** Databases and journal. */
async function deleteAll() {
  for (const name of [PRACTICE, `${PRACTICE}-${MEMBER}`]) await deleteDB(name);
  // There is none, or no private folder.
  await removeJournal().catch(() => {});
}

async function removeJournal() {
  await (await navigator.storage.getDirectory()).removeEntry(PRACTICE, { recursive: true });
}
