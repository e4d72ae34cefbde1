// The number on the app's icon: what is to be done by the open account, records that are not sent and households where
// somebody is due.

import { localDay } from "../core/day.ts";
import { followUpsUntil } from "../pages/households/householdStatus.ts";
import { currentAccount } from "../store/accounts.ts";
import { counts } from "../store/outbox.ts";
import { loadView } from "../store/view/replica.ts";

/** How many operations of the open account are queued, and how many need a fix. */
export async function openCounts() {
  const account = await currentAccount();
  return account ? counts(account.account_id) : { queued: 0, fixes: 0 };
}

/** Sets it, where the browser has badges: in Chromium and on iPhones, once the app is installed. */
export async function updateBadge() {
  const { setAppBadge } = navigator as { setAppBadge?: (count: number) => Promise<void> };
  if (!setAppBadge) return;
  const { queued, fixes } = await openCounts();
  const account = await currentAccount();
  const due = account ? followUpsUntil(await loadView(account.account_id), localDay(new Date())).length : 0;
  // Zero removes it. It is refused where the app is not installed.
  await setAppBadge.call(navigator, queued + fixes + due).catch(() => {});
}
