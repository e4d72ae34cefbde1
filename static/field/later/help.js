// Trợ giúp: the ten commonest questions, and which supervisors may be called.

import { givenNameKey, sortByKey } from "../core/text.js";
import { localNumber } from "../pages/formats.js";
import { page } from "../pages/responses.js";
import { loadView } from "../store/view/replica.js";

/**
 * @param {import("../pages/responses.js").PageRequest & {account: import("../store/db.js").Account | null}} request
 * @returns {Promise<import("../pages/responses.js").PageResponse>}
 */
export async function showHelp({ account }) {
  const members = account ? [...(await loadView(account.account_id)).members.values()] : [];
  const contacts = sortByKey(
    members.filter(({ phone }) => phone),
    ({ name }) => givenNameKey(name),
  );
  return page("help", {
    contacts: contacts.map(({ name, phone = "" }) => ({ name, phone, shown: localNumber(phone) })),
  });
}
