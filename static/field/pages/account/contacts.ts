// The supervisors that a volunteer may call.

import { givenNameKey, sortByKey } from "../../core/text.ts";
import type { Account } from "../../store/schema.ts";
import { loadView, replicaStatus } from "../../store/view/replica.ts";
import { localNumber } from "../formats.ts";

/** The supervisors to call. A revoked phone has no rows any more; its account keeps them. */
export async function contactsOf({ account_id, contacts = [] }: Account) {
  const { erased } = await replicaStatus(account_id);
  const known: { name: string; phone?: string }[] = erased
    ? contacts
    : [...(await loadView(account_id)).members.values()].filter(({ phone }) => phone);
  return sortByKey(known, ({ name }) => givenNameKey(name)).map(({ name, phone = "" }) => ({
    name,
    phone,
    shown: localNumber(phone),
  }));
}
