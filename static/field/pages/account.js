// Đổi người dùng / Đăng xuất.

import { endSession } from "../session.js";
import { close } from "../store/accounts.js";
import { counts } from "../store/outbox.js";
import { clearSignedOut } from "../store/signed_out.js";
import { _ } from "../strings.js";
import { page, see } from "./answers.js";
import { numberText } from "./formats.js";

/** @typedef {import("./answers.js").Answer} Answer */
/** @typedef {import("./answers.js").SignedIn} SignedIn */

/**
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function showAccount({ account, world }) {
  return show(account, world, await counts(account.account_id));
}

/**
 * [Bật] and [Tắt] of Chế độ ngoài nắng.
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function changeLight({ form, world }) {
  world.setSunny(form.get("sunny") === "on");
  return see("/field/account");
}

/**
 * Signs out, but never away from what is not sent, be it waiting or in need of a fix.
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function signOut({ account, world }) {
  const unsent = await counts(account.account_id);
  if (unsent.queued + unsent.fixes > 0) return show(account, world, unsent, 422);
  await close();
  await clearSignedOut();
  await endSession(world.fetch);
  return see("/field/sign-in");
}

/**
 * @param {import("../store/db.js").Account} account
 * @param {import("./answers.js").World} world
 * @param {{queued: number, fixes: number}} unsent
 * @param {number} [status]
 */
function show({ name, phone, hamlets }, world, { queued, fixes }, status) {
  const context = {
    name,
    phone,
    hamlets: hamlets.map((hamlet) => hamlet.name).join(", "),
    unsent: unsentText(queued, fixes),
    queued: queued > 0,
    fixes,
    sunny: world.isSunny(),
  };
  return page("account", context, status);
}

/**
 * @param {number} queued
 * @param {number} fixes
 */
function unsentText(queued, fixes) {
  const n = numberText(queued + fixes);
  if (queued > 0) return _("Còn %(n)s lượt chưa gửi. Gửi trước khi đăng xuất.", { n });
  return fixes > 0 ? _("Còn %(n)s lượt chưa gửi. Sửa hoặc bỏ trước khi đăng xuất.", { n }) : "";
}
