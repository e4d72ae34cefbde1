// Discarding a draft.

import { clearDraft } from "../../store/drafts.js";
import { redirect } from "../responses.js";

/** @typedef {import("../responses.js").PageResponse} PageResponse */
/** @typedef {import("../responses.js").SignedInRequest} SignedInRequest */

/**
 * [Bỏ bản nháp]: deletes the draft and shows the empty form.
 * @param {SignedInRequest} request
 * @returns {Promise<PageResponse>}
 */
export async function discardDraft({ account, form }) {
  await clearDraft(account.account_id, form.get("draft") ?? "");
  const address = form.get("address") ?? "";
  return redirect(address.startsWith("/field/") ? address : "/field/");
}
