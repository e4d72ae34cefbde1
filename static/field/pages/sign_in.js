// V2: signing in by invite code and phone number. The one page that needs the network.

import { patiently } from "../patience.js";
import { endSession } from "../session.js";
import { enrol, introduction, unsentElsewhere } from "../store/accounts.js";
import { StorageFull } from "../store/outbox.js";
import { recover } from "../store/recovery.js";
import { offered } from "../store/transfer.js";
import { _ } from "../strings.js";
import { page, see } from "./answers.js";
import { boxOf } from "./fields.js";

/** @typedef {import("./answers.js").Answer} Answer */
/** @typedef {import("./answers.js").Ask} Ask */
/** @typedef {{invite?: string, phone?: string, ""?: string}} Problems Sentences by field; `""`: the fault of neither. */
/** @typedef {{status: number, body: any}} Said What the server said; `body` is null if it was cut on the way or is no JSON. */

const PATIENCE = 30_000;
const OFFLINE = _("Chưa đăng nhập được vì không có mạng. Đến nơi có mạng rồi thử lại.");
const BUSY = _("Máy chủ đang bận. Thử lại sau ít phút.");
/** As people write one: in Vietnam, with or without the 0 or 84 before it, or abroad. */
const PHONE = /^(?:0\d{9,10}|(?:\+|00)\d{8,15}|84\d{9,10}|[1-9]\d{8,9})$/;

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
  const left = await endSession(ask.world.fetch);
  if (left) return form(ask, { "": left === "offline" ? OFFLINE : BUSY });
  const said = { invite, phone, name: ask.world.deviceName, ...(await introduction(phone)) };
  const answer = await post(ask.world, said).catch(() => null);
  const enrolment = enrolmentOf(answer);
  return enrolment ? begin(ask, enrolment, phone) : form(ask, refusal(answer));
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
    const found = await offered(account, ask.world.now());
    return see(found.length ? "/field/transfer" : "/field/first-download");
  } catch (fault) {
    if (!(fault instanceof StorageFull)) throw fault;
    return form(ask, { "": _("Máy sắp hết chỗ. Xoá bớt ảnh hoặc ứng dụng rồi thử lại.") });
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
    phone: phoneError(phone),
  };
}

/** @param {string} phone */
function phoneError(phone) {
  if (PHONE.test(phone.replace(/[\s.()-]/g, ""))) return "";
  const short = phone.replace(/\D/g, "").length < 9;
  return short ? _("Nhập số điện thoại đã báo với cán bộ xã.") : _("Số điện thoại chưa đúng. Xem lại các chữ số.");
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
 * Only the server's own words say that code or number is wrong: a café's network answers everything. Which of the two, it
 * says to nobody.
 * @param {Said | null} answer
 * @returns {Problems}
 */
function refusal(answer) {
  if (!answer) return { "": OFFLINE };
  if (answer.status === 201) return { "": _("Chưa đăng nhập được. Thử lại. Mã này còn dùng được trong 15 phút.") };
  const error = answer.body?.error;
  if (error === "too_many_attempts") return { "": _("Thử lại sau 5 phút.") };
  if (error !== "invite_invalid" && error !== "invalid") return { "": BUSY };
  return {
    invite: _("Mã không đúng, đã hết hạn hoặc bị nhập sai quá nhiều lần. Hỏi lại cán bộ xã."),
    phone: _("Hoặc số này không phải số đã báo với cán bộ xã."),
  };
}

/**
 * @param {Ask & {account?: unknown}} ask
 * @param {Problems} problems
 */
async function form(ask, problems) {
  const elsewhere = await unsentElsewhere();
  const { invite = "", phone = "" } = problems;
  const errors = boxOf(problems);
  const context = {
    invite: ask.form.get("invite") ?? "",
    phone: ask.form.get("phone") ?? "",
    signed_in: Boolean(ask.account),
    invite_error: invite,
    phone_error: phone,
    errors,
    notice: elsewhere ? _("Máy này còn %(n)s lượt của người khác chưa gửi.", { n: elsewhere }) : "",
  };
  return page("sign_in", context, errors.length ? 422 : 200);
}
