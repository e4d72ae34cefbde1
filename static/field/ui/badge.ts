// The number on the app's icon: how many records of the open account are not sent.

import { currentAccount } from "../store/accounts.ts";
import { counts } from "../store/outbox.ts";

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
  // Zero removes it. It is refused where the app is not installed.
  await setAppBadge.call(navigator, queued + fixes).catch(() => {});
}
