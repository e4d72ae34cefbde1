// Shown instead of the list on a phone that the commune has revoked.

import { _ } from "../../core/strings.js";
import { unsentOperations } from "../../store/outbox.js";
import { erasedText, unsentText } from "../log/queueTexts.js";
import { page } from "../responses.js";

/**
 * Says that the phone was revoked, how many records are still unsent, and whom to ask.
 * @param {import("../responses.js").SignedInRequest} request
 * @returns {Promise<import("../responses.js").PageResponse>}
 */
export async function showRevoked(request) {
  const { account } = request;
  const unsent = unsentText(await unsentOperations(account.account_id)) || _("Mọi lượt đã ghi đều đã gửi về.");
  return page("revoked", { erased: erasedText(request, true), unsent });
}
