// Đổi người dùng / Đăng xuất.

import { _ } from "../../core/strings.js";
import { closeAccount } from "../../store/accounts.js";
import { counts } from "../../store/outbox.js";
import { clearSignedOut } from "../../store/signedOut.js";
import { endSession } from "../../sync/session.js";
import { localNumber, numberText } from "../formats.js";
import { page, redirect } from "../responses.js";

/** @typedef {import("../responses.js").PageResponse} PageResponse */
/** @typedef {import("../responses.js").SignedInRequest} SignedInRequest */

/**
 * @param {SignedInRequest} request
 * @returns {Promise<PageResponse>}
 */
export async function showAccount({ account }) {
  return show(account, await counts(account.account_id));
}

/**
 * Signs out, unless operations of this account are still queued or refused.
 * @param {SignedInRequest} request
 * @returns {Promise<PageResponse>}
 */
export async function signOut({ account, env }) {
  const unsent = await counts(account.account_id);
  if (unsent.queued + unsent.fixes > 0) return show(account, unsent, 422);
  await closeAccount();
  await clearSignedOut();
  await endSession(env.fetch);
  return redirect("/field/sign-in");
}

/**
 * @param {import("../../store/db.js").Account} account
 * @param {{queued: number, fixes: number}} unsent
 * @param {number} [status]
 */
function show({ name, phone, hamlets }, { queued, fixes }, status) {
  const context = {
    name,
    phone: localNumber(phone),
    hamlets: hamlets.map((hamlet) => hamlet.name).join(", "),
    unsent: unsentText(queued, fixes),
    queued: queued > 0,
    fixes,
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
