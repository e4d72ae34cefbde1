// Drafts: what is typed in a form and not saved yet. A draft is written at every change, so that Back or an empty
// battery loses nothing.

import { announce, announceToOthers } from "./changes.ts";
import { inAccount, type Transaction } from "./db.ts";
import { storedOperation } from "./operationStores.ts";
import { OPERATION_STORES } from "./schema.ts";

/** A form's fields by name. */
export type Values = Record<string, string | string[]>;

/**
 * Stores the draft in place of an earlier one and announces `draft` to other tabs. If the form was saved meanwhile, it
 * stores nothing and announces `saved`: a draft with the id of a saved operation would lead the next form to write over
 * it. Throws `StorageFull`.
 */
export async function saveDraft(accountId: string, key: string, values: Values) {
  const draft = { key, values, at: new Date().toISOString() };
  const id = [values.id].flat()[0];
  const writeUnlessSaved = async (tx: Transaction) => {
    const isLate = await isSaved(tx, id);
    if (!isLate) await tx.objectStore("drafts").put(draft);
    return isLate;
  };
  const isLate = await inAccount(accountId, ["drafts", ...OPERATION_STORES], "readwrite", writeUnlessSaved, "relaxed");
  if (isLate) announce({ kind: "saved", account_id: accountId, draft: key, id });
  else announceToOthers({ kind: "draft", account_id: accountId, draft: key });
}

/** The draft's values, or null if there is none or it was stored too long ago. */
export function loadDraft(
  accountId: string,
  key: string,
  isRecent: (at: string) => boolean = () => true,
): Promise<Values | null> {
  return inAccount(accountId, ["drafts"], "readonly", async (tx) => {
    const draft = await tx.objectStore("drafts").get(key);
    return draft && isRecent(draft.at) ? draft.values : null;
  });
}

/** Deletes the draft and announces that to other tabs. */
export async function clearDraft(accountId: string, key: string) {
  await inAccount(accountId, ["drafts"], "readwrite", (tx) => tx.objectStore("drafts").delete(key), "relaxed");
  announceToOthers({ kind: "draft", account_id: accountId, draft: key });
}

/** @param id the form's id, which becomes the operation's `op_id` */
async function isSaved(tx: Transaction, id: string | undefined) {
  return id !== undefined && (await storedOperation(tx, id)) !== undefined;
}
