// The number on the app's icon: how many records of the open account are not sent.

import { currentAccount } from "../store/accounts.ts";
import { counts } from "../store/outbox.ts";

/** Sets it, where the browser has badges: in Chromium and on iPhones, once the app is installed. */
export async function updateBadge() {
  const { setAppBadge } = navigator as { setAppBadge?: (count: number) => Promise<void> };
  if (!setAppBadge) return;
  const account = await currentAccount();
  const { queued, fixes } = account ? await counts(account.account_id) : { queued: 0, fixes: 0 };
  // Zero removes it. It is refused where the app is not installed.
  await setAppBadge.call(navigator, queued + fixes).catch(() => {});
}
