// The supervisors that a volunteer may call.

import { givenNameKey, sortByKey } from "../../core/text.js";
import { loadView, replicaStatus } from "../../store/view/replica.js";
import { localNumber } from "../formats.js";

/** @typedef {import("../../store/schema.js").Account} Account */

/**
 * The supervisors to call. A revoked phone has no rows any more; its account keeps them.
 * @param {Account} account
 */
export async function contactsOf({ account_id, contacts = [] }) {
  const { erased } = await replicaStatus(account_id);
  /** @type {{name: string, phone?: string}[]} */
  const known = erased ? contacts : [...(await loadView(account_id)).members.values()].filter(({ phone }) => phone);
  return sortByKey(known, ({ name }) => givenNameKey(name)).map(({ name, phone = "" }) => ({
    name,
    phone,
    shown: localNumber(phone),
  }));
}
