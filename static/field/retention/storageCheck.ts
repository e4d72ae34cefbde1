// What has to leave this phone, looked at once a day after a run: docs/decisions/0138-a-lost-phone-tells-little.md.

import { listAccounts } from "../store/accounts.ts";
import { purgeOldVisits } from "./oldVisits.ts";

/** Purges what is old of every account of the phone. */
export async function checkStorage(_outcome: string) {
  for (const { account_id } of await listAccounts()) await purgeOldVisits(account_id);
}
