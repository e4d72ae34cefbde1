// What is typed but not saved yet. A form's draft is written at every change, so that Back and a dead battery lose nothing.

import { inAccount } from "./db.js";

/** @typedef {Record<string, string | string[]>} Values A form's fields by name. */

/**
 * Keeps the draft, in place of an earlier one. Throws `StorageFull`.
 * @param {string} accountId
 * @param {string} key
 * @param {Values} values
 */
export async function save(accountId, key, values) {
  const draft = { key, values, at: new Date().toISOString() };
  await inAccount(accountId, ["drafts"], "readwrite", (tx) => tx.objectStore("drafts").put(draft), "relaxed");
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
 * Forgets the draft.
 * @param {string} accountId
 * @param {string} key
 */
export async function clear(accountId, key) {
  await inAccount(accountId, ["drafts"], "readwrite", (tx) => tx.objectStore("drafts").delete(key), "relaxed");
}
