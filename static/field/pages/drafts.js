// Giving up what was not finished.

import { clear } from "../store/drafts.js";
import { see } from "./answers.js";

/** @typedef {import("./answers.js").Answer} Answer */
/** @typedef {import("./answers.js").SignedIn} SignedIn */

/**
 * [Ghi lại từ đầu]: forgets the draft and shows its form, empty.
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function discardDraft({ account, form }) {
  await clear(account.account_id, form.get("draft") ?? "");
  const address = form.get("address") ?? "";
  return see(address.startsWith("/field/") ? address : "/field/");
}
