// Where the list was, on a phone that the commune has taken out of service.

import { counts } from "../store/outbox.js";
import { _ } from "../strings.js";
import { page } from "./answers.js";
import { numberText } from "./formats.js";
import { erasedText } from "./queue.js";

/**
 * What happened, what still waits, and whom to ask.
 * @param {import("./answers.js").SignedIn} ask
 * @returns {Promise<import("./answers.js").Answer>}
 */
export async function showRevoked(ask) {
  const { account } = ask;
  const { queued, fixes } = await counts(account.account_id);
  const n = numberText(queued + fixes);
  const waits = queued + fixes ? _("Còn %(n)s lượt chưa gửi.", { n }) : _("Mọi lượt đã ghi đều đã gửi về xã.");
  return page("revoked", { erased: erasedText(ask, true), waits });
}
