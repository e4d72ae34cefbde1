// V8 Cài đặt: text size, Chế độ ngoài nắng, Kiểm tra trước khi đi, and whose phone this is.

import { _ } from "../core/strings.js";
import { numberText } from "../pages/formats.js";
import { page, redirect } from "../pages/responses.js";
import { counts } from "../store/outbox.js";
import { check } from "./check.js";

/** @typedef {import("../pages/responses.js").PageResponse} PageResponse */
/** @typedef {import("../pages/responses.js").SignedInRequest} SignedInRequest */

/** Names of the sizes; `static/css/tokens.css` has their values. */
const SIZES = [
  ["", _("Vừa")],
  ["large", _("Lớn")],
  ["huge", _("Rất lớn")],
];

/**
 * @param {SignedInRequest} request
 * @returns {Promise<PageResponse>}
 */
export async function showSettings({ account, env }) {
  const { queued, fixes } = await counts(account.account_id);
  const size = env.textSize();
  return page("settings", {
    name: account.name,
    phone: account.phone,
    hamlets: account.hamlets.map((hamlet) => hamlet.name).join(", "),
    unsent: queued + fixes ? _("Còn %(n)s lượt chưa gửi.", { n: numberText(queued + fixes) }) : "",
    sizes: SIZES.map(([value, label]) => ({ value, label, chosen: value === size })),
    sunny: env.isSunny(),
  });
}

/**
 * @param {SignedInRequest} request
 * @returns {Promise<PageResponse>}
 */
export async function changeTextSize({ form, env }) {
  const size = form.get("size") ?? "";
  if (SIZES.some(([value]) => value === size)) env.setTextSize(size);
  return redirect("/field/settings");
}

/**
 * [Bật] and [Tắt] of Chế độ ngoài nắng.
 * @param {SignedInRequest} request
 * @returns {Promise<PageResponse>}
 */
export async function changeSunlightMode({ form, env }) {
  env.setSunny(form.get("sunny") === "on");
  return redirect("/field/settings");
}

/**
 * Kiểm tra trước khi đi.
 * @param {SignedInRequest} request
 * @returns {Promise<PageResponse>}
 */
export async function showCheck({ account, env }) {
  const rows = await check(account.account_id, env);
  const bad = rows.filter(({ ok }) => !ok).length;
  return page("check", {
    rows,
    summary: bad ? _("Có %(n)s mục cần xem trước khi đi.", { n: numberText(bad) }) : _("Máy đã sẵn sàng."),
    ready: bad === 0,
  });
}
