// Trợ giúp: the ten commonest questions, and which supervisors may be called.

import { givenNameKey, sortByKey } from "../core/text.js";
import { localNumber } from "../pages/formats.js";
import { page } from "../pages/responses.js";
import { loadView, replicaStatus } from "../store/view/replica.js";

/** @typedef {import("../store/db.js").Account} Account */

/**
 * @param {import("../pages/responses.js").PageRequest & {account: Account | null}} request
 * @returns {Promise<import("../pages/responses.js").PageResponse>}
 */
export async function showHelp({ account }) {
  const contacts = sortByKey(account ? await contactsOf(account) : [], ({ name }) => givenNameKey(name));
  return page("help", {
    contacts: contacts.map(({ name, phone = "" }) => ({ name, phone, shown: localNumber(phone) })),
  });
}

/**
 * The supervisors to call. A revoked phone has no rows any more; its account keeps them.
 * @param {Account} account
 * @returns {Promise<{name: string, phone?: string}[]>}
 */
async function contactsOf({ account_id, contacts = [] }) {
  if ((await replicaStatus(account_id)).erased) return contacts;
  return [...(await loadView(account_id)).members.values()].filter(({ phone }) => phone);
}
