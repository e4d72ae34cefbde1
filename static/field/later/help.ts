// Trợ giúp: the ten commonest questions, and which supervisors may be called.

import { contactsOf } from "../pages/account/contacts.ts";
import { page } from "../pages/responses.ts";

/** @typedef {import("../store/schema.ts").Account} Account */

/**
 * @param {import("../pages/responses.ts").PageRequest & {account: Account | null}} request
 * @returns {Promise<import("../pages/responses.ts").PageResponse>}
 */
export async function showHelp({ account }) {
  return page("help", { contacts: account ? await contactsOf(account) : [] });
}
