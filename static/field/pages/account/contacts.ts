// The supervisors that a volunteer may call.

import { givenNameKey, sortByKey } from "../../core/text.ts";
import { loadView, replicaStatus } from "../../store/view/replica.ts";
import { localNumber } from "../formats.ts";

/** @typedef {import("../../store/schema.ts").Account} Account */

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
