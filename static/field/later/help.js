// Trợ giúp: the ten commonest questions, and which supervisors may be called.

import { contactsOf } from "../pages/account/contacts.js";
import { page } from "../pages/responses.js";

/** @typedef {import("../store/schema.js").Account} Account */

/**
 * @param {import("../pages/responses.js").PageRequest & {account: Account | null}} request
 * @returns {Promise<import("../pages/responses.js").PageResponse>}
 */
export async function showHelp({ account }) {
  return page("help", { contacts: account ? await contactsOf(account) : [] });
}
