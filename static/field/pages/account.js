// Đổi người dùng / Đăng xuất.

import { close } from "../store/accounts.js";
import { counts } from "../store/outbox.js";
import { _ } from "../strings.js";
import { page, see } from "./answers.js";
import { numberText } from "./formats.js";

/** @typedef {import("./answers.js").Answer} Answer */
/** @typedef {import("./answers.js").SignedIn} SignedIn */

/** Signing out does not wait longer for the server: the phone's part is what counts. */
const PATIENCE = 5_000;

/**
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function showAccount({ account }) {
  const { queued } = await counts(account.account_id);
  return show(account, queued);
}

/**
 * Signs out, but never away from what is not sent.
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function signOut({ account, world }) {
  const { queued } = await counts(account.account_id);
  if (queued > 0) return show(account, queued, 422);
  await world
    .fetch("/api/v1/devices/current", { method: "DELETE", signal: AbortSignal.timeout(PATIENCE) })
    .catch(() => null);
  await close();
  return see("/field/sign-in");
}

/**
 * @param {import("../store/db.js").Account} account
 * @param {number} queued
 * @param {number} [status]
 */
function show({ name, phone, hamlets }, queued, status) {
  const context = {
    name,
    phone,
    hamlets: hamlets.map((hamlet) => hamlet.name).join(", "),
    unsent: queued ? _("Còn %(n)s lượt chưa gửi. Gửi trước khi đăng xuất.", { n: numberText(queued) }) : "",
  };
  return page("account", context, status);
}
