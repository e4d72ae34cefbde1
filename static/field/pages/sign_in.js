// V2: signing in by invite code and phone number. The one page that needs the network.

import { patiently } from "../patience.js";
import { endSession } from "../session.js";
import { enrol, introduction, unsentElsewhere } from "../store/accounts.js";
import { StorageFull } from "../store/outbox.js";
import { recover } from "../store/recovery.js";
import { _ } from "../strings.js";
import { page, see } from "./answers.js";

/** @typedef {import("./answers.js").Answer} Answer */
/** @typedef {import("./answers.js").Ask} Ask */
/** @typedef {{invite?: string, phone?: string}} Problems Sentences by field. */
/** @typedef {{status: number, body: any}} Said What the server said; `body` is null if it was cut on the way or is no JSON. */

const PATIENCE = 30_000;

/**
 * The form, empty.
 * @param {Ask} ask
 * @returns {Promise<Answer>}
 */
export function showSignIn(ask) {
  return form(ask, {});
}

/**
 * Asks the server to take this phone. A code is used up by this POST only.
 * @param {Ask} ask
 * @returns {Promise<Answer>}
 */
export async function signIn(ask) {
  const invite = (ask.form.get("invite") ?? "").replace(/[\s.-]/g, "");
  const phone = (ask.form.get("phone") ?? "").trim();
  const missing = check(invite, phone);
  if (missing.invite || missing.phone) return form(ask, missing);
  if (!(await endSession(ask.world.fetch))) return form(ask, { invite: refusal(null) });
  const said = { invite, phone, name: ask.world.deviceName, ...(await introduction(phone)) };
  const answer = await post(ask.world, said).catch(() => null);
  const enrolment = enrolmentOf(answer);
  return enrolment ? begin(ask, enrolment, phone) : form(ask, { invite: refusal(answer) });
}

/**
 * Opens the account. A phone without room can do so later with the same code.
 * @param {Ask} ask
 * @param {import("../store/accounts.js").Enrolment} enrolment
 * @param {string} phone
 */
async function begin(ask, enrolment, phone) {
  try {
    const account = await enrol(enrolment, phone);
    await recover();
    ask.world.send(account.account_id);
    return see("/field/first-download");
  } catch (fault) {
    if (!(fault instanceof StorageFull)) throw fault;
    return form(ask, { invite: _("Máy sắp hết chỗ. Xoá bớt ảnh hoặc ứng dụng rồi thử lại.") });
  }
}

/**
 * @param {string} invite
 * @param {string} phone
 * @returns {Problems}
 */
function check(invite, phone) {
  return {
    invite: /^\d{8}$/.test(invite) ? "" : _("Nhập đủ 8 chữ số của mã mời."),
    phone: phone.replace(/\D/g, "").length >= 9 ? "" : _("Nhập số điện thoại đã báo với cán bộ xã."),
  };
}

/**
 * Rejects if there was no answer in time.
 * @param {import("./answers.js").World} world
 * @param {object} body
 * @returns {Promise<Said>}
 */
function post(world, body) {
  return patiently(PATIENCE, async (signal) => {
    const response = await world.fetch("/api/v1/devices", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(body),
      signal,
    });
    return { status: response.status, body: await response.json().catch(() => null) };
  });
}

/**
 * What the server has to say to a phone it takes, or null. If that was cut on the way and the phone asks again, by the
 * same `life`, the server takes the same code for some time.
 * @param {Said | null} answer
 * @returns {import("../store/accounts.js").Enrolment | null}
 */
function enrolmentOf(answer) {
  const { status, body } = answer ?? {};
  return status === 201 && body?.account?.id && body.device_id && Array.isArray(body.hamlets) ? body : null;
}

/**
 * Only the server's own words say that a code is wrong: a café's network answers everything.
 * @param {Said | null} answer
 */
function refusal(answer) {
  if (!answer) return _("Chưa đăng nhập được vì không có mạng. Đến nơi có mạng rồi thử lại.");
  if (answer.status === 201) return _("Chưa đăng nhập được. Thử lại. Mã này còn dùng được trong 15 phút.");
  const error = answer.body?.error;
  if (error === "invite_invalid") return _("Mã không đúng hoặc đã hết hạn. Hỏi lại cán bộ xã.");
  if (error === "too_many_attempts") return _("Thử lại sau 5 phút.");
  if (error === "invalid") return _("Mã mời hoặc số điện thoại chưa đúng. Xem lại các chữ số.");
  return _("Máy chủ đang bận. Thử lại sau ít phút.");
}

/**
 * @param {Ask} ask
 * @param {Problems} problems
 */
async function form(ask, problems) {
  const elsewhere = await unsentElsewhere();
  const { invite = "", phone = "" } = problems;
  const errors = Object.entries(problems).flatMap(([field, text]) => (text ? [{ field, text }] : []));
  const context = {
    invite: ask.form.get("invite") ?? "",
    phone: ask.form.get("phone") ?? "",
    invite_error: invite,
    phone_error: phone,
    errors,
    notice: elsewhere ? _("Máy này còn %(n)s lượt của người khác chưa gửi.", { n: elsewhere }) : "",
  };
  return page("sign_in", context, errors.length ? 422 : 200);
}
