// What is typed but not saved yet. A form's draft is written at every change, so that Back and a dead battery lose nothing.

import { announce, tellOthers } from "./changes.js";
import { inAccount } from "./db.js";
import { PLACES } from "./schema.js";

/** @typedef {Record<string, string | string[]>} Values A form's fields by name. */

/**
 * Keeps the draft, in place of an earlier one, and tells other tabs; unless its form was saved meanwhile, which is told
 * instead: a draft with a saved id would have the next form overwrite what was saved. Throws `StorageFull`.
 * @param {string} accountId
 * @param {string} key
 * @param {Values} values
 */
export async function save(accountId, key, values) {
  const draft = { key, values, at: new Date().toISOString() };
  const id = [values.id].flat()[0];
  const keep = async (/** @type {import("./db.js").Transaction} */ tx) => {
    const late = await isSaved(tx, id);
    if (!late) await tx.objectStore("drafts").put(draft);
    return late;
  };
  const late = await inAccount(accountId, ["drafts", ...PLACES], "readwrite", keep, "relaxed");
  if (late) announce({ kind: "saved", account_id: accountId, draft: key, id });
  else tellOthers({ kind: "draft", account_id: accountId, draft: key });
}

/**
 * The draft's values, or null if there is none.
 * @param {string} accountId
 * @param {string} key
 * @returns {Promise<Values | null>}
 */
export function load(accountId, key) {
  return inAccount(accountId, ["drafts"], "readonly", async (tx) => {
    const draft = await tx.objectStore("drafts").get(key);
    return draft?.values ?? null;
  });
}

/**
 * Forgets the draft, in every tab.
 * @param {string} accountId
 * @param {string} key
 */
export async function clear(accountId, key) {
  await inAccount(accountId, ["drafts"], "readwrite", (tx) => tx.objectStore("drafts").delete(key), "relaxed");
  tellOthers({ kind: "draft", account_id: accountId, draft: key });
}

/**
 * @param {import("./db.js").Transaction} tx
 * @param {string | undefined} id of a form, and of the operation it becomes
 */
async function isSaved(tx, id) {
  if (!id) return false;
  const keys = await Promise.all(PLACES.map((place) => tx.objectStore(place).getKey(id)));
  return keys.some((key) => key !== undefined);
}
