// What has to leave this phone, and what its owner's card needs, looked at once a day after a run: docs/decisions/0138-a-lost-phone-tells-little.md.

import { report } from "../failures/failures.ts";
import { listAccounts } from "../store/accounts.ts";
import { subscribe } from "../store/changes.ts";
import type { Account } from "../store/schema.ts";
import { askForOwnDays } from "../store/view/replica.ts";
import { renewCard } from "../sync/card/renewal.ts";
import { withLock } from "../sync/lock.ts";
import { deliverEncryptedQueues } from "./encryptedDelivery.ts";
import { clearErased } from "./erasedHouseholds.ts";
import { purgeOldVisits } from "./oldVisits.ts";
import { checkSilence, say } from "./silence.ts";

/** The environment of a check; everything has a default. */
type Options = { fetch?: typeof globalThis.fetch; now?: () => Date; locks?: LockManager };

/**
 * Delivers what was sealed, renews the card, purges what is old, and seals what was silent for too long, of every account of the phone.
 * @param outcome of the run before: a clock that the exchange has found wrong says nothing of a silence
 * @returns whether it need not be repeated today; false while a run works
 */
export async function checkStorage(outcome: string, options: Options = {}): Promise<boolean> {
  const { fetch = globalThis.fetch.bind(globalThis), now = () => new Date() } = options;
  if (outcome === "clock" || outcome === "running") return false;
  const reached = outcome === "idle" || outcome === "sent";
  const done = await withLock(options.locks ?? globalThis.navigator?.locks, async () => {
    let isDone = true;
    for (const account of await listAccounts()) {
      if (reached && account.signed_in) isDone = (await useContact(account, fetch)) && isDone;
      await clearErased(account.account_id, now());
      await purgeOldVisits(account.account_id);
      await checkSilence(account, now());
    }
    return isDone;
  });
  return done ?? false;
}

/** Delivers sealed queues, and brings the card up to date: without it every record counts as well. */
async function useContact(account: Account, fetch: typeof globalThis.fetch) {
  const isDone = await deliverEncryptedQueues(account, fetch);
  await renewCard(account, fetch).catch(report);
  await askForOwnDays(account.account_id);
  return isDone;
}

/**
 * Clears what was erased now and after each run, and not only at the first of the day: the bundle is loaded, and a run
 * may have ended before it was.
 */
export function clearAfterRuns() {
  const clear = async (accountId: string) => {
    const now = new Date();
    if (await clearErased(accountId, now)) await say(accountId, now);
  };
  void listAccounts()
    .then((accounts) => Promise.all(accounts.map(({ account_id }) => clear(account_id))))
    .catch(report);
  subscribe((change) => {
    if (change.kind === "sync") void clear(change.account_id).catch(report);
  });
}
