// V2: sign-in by invite code and phone number. The only page that needs the network.

import { inviteFields } from "../../core/invite.ts";
import { pause } from "../../core/pause.ts";
import { isPortal } from "../../core/portal.ts";
import { _ } from "../../core/strings.ts";
import { withTimeout } from "../../core/withTimeout.ts";
import { deviceIdentity, type Enrolment, earlierOf, enrol, listAccounts } from "../../store/accounts.ts";
import { recover } from "../../store/journal/recovery.ts";
import { StorageFull } from "../../store/outbox.ts";
import type { Account } from "../../store/schema.ts";
import { endSession } from "../../sync/session.ts";
import { formErrors } from "../fields.ts";
import { localNumber } from "../formats.ts";
import { mustSignIn, othersText } from "../log/queueTexts.ts";
import {
  type Environment,
  type PageRequest,
  type PageResponse,
  page,
  redirect,
  type SignedInRequest,
} from "../responses.ts";

/** Sentences by field; `""`: about the form as a whole. */
type Problems = { invite?: string; phone?: string; ""?: string };
/** `body` is null if the reply was cut off or is not JSON. */
type ServerReply = { status: number; body: (Partial<Enrolment> & { error?: string; address?: string }) | null };

const TIMEOUT_MS = 30_000;
/** How long a sign-in waits for what knows of earlier records. */
const MAX_WAIT_MS = 3_000;
const OFFLINE = _("Chưa đăng nhập được vì không có mạng. Đến nơi có mạng rồi thử lại.");
const UNREACHED = _("Chưa tới được nơi nhận. Mạng yếu, hoặc Wi-Fi này cần đăng nhập trong trình duyệt trước.");
const BUSY = _("Nơi nhận đang bận. Thử lại sau ít phút.");
/** Vietnamese numbers, with or without the leading 0 or 84, and foreign ones. */
const PHONE = /^(?:0\d{9,10}|(?:\+|00)\d{8,15}|84\d{9,10}|[1-9]\d{8,9})$/;

/** The form, empty, or filled from the QR code of an invite sheet. It is not sent before the person taps the button. */
export function showSignIn(request: PageRequest & { account?: Account | null }): Promise<PageResponse> {
  const { hash } = request.url;
  const known = isAgain(request) ? { phone: localNumber(request.account.phone) } : "";
  return showForm({ ...request, form: inviteFields(hash) ?? new URLSearchParams(known) }, {});
}

/** Registers this phone with the server. Only this POST uses up the invite code. */
export async function signIn(request: PageRequest): Promise<PageResponse> {
  const invite = (request.form.get("invite") ?? "").replace(/[\s.-]/g, "");
  const phone = (request.form.get("phone") ?? "").trim();
  const missing = check(invite, phone);
  if (missing.invite || missing.phone) return showForm(request, missing);
  const failure = await endSession(request.env.fetch);
  if (failure) return showForm(request, { "": failure === "offline" ? unreached() : BUSY });
  const body = { invite, phone, name: request.env.deviceName, ...(await deviceIdentity(phone)) };
  const answer = await post(request.env, body).catch(() => null);
  const enrolment = enrolmentOf(answer);
  return enrolment ? openAccount(request, enrolment, phone) : showForm(request, refusalErrors(answer));
}

/** Opens the account on this phone. If its storage is full, the same code works again later. */
async function openAccount(request: PageRequest, enrolment: Enrolment, phone: string) {
  try {
    const account = await enrol(enrolment, phone);
    await recover();
    request.env.send(account.account_id);
    return redirect((await hasEarlierRecords(account, request.env)) ? "/field/transfer" : "/field/first-download");
  } catch (error) {
    if (!(error instanceof StorageFull)) throw error;
    return showForm(request, { "": _("Máy sắp hết chỗ. Xóa bớt ảnh hoặc ứng dụng rồi thử lại.") });
  }
}

/** In a network that hangs *Hôm nay* says it later. */
async function hasEarlierRecords(account: Account, { loadLater, now }: Environment) {
  if (!earlierOf(account, await listAccounts()).length) return false;
  const words = await Promise.race([loadLater().catch(console.error), pause(MAX_WAIT_MS)]);
  return Boolean(words && (await words.earlierText(account, now())));
}

function check(invite: string, phone: string): Problems {
  return {
    invite: /^\d{8}$/.test(invite) ? "" : _("Nhập đủ 8 chữ số của mã mời."),
    phone: phoneError(phone),
  };
}

function phoneError(phone: string) {
  if (PHONE.test(phone.replace(/[\s.()-]/g, ""))) return "";
  const short = phone.replace(/\D/g, "").length < 9;
  return short ? _("Nhập số điện thoại đã báo với cán bộ.") : _("Số điện thoại chưa đúng. Xem lại các chữ số.");
}

/** Rejects if there is no reply in time. */
function post(env: Environment, body: object): Promise<ServerReply> {
  return withTimeout(TIMEOUT_MS, async (signal) => {
    const response = await env.fetch("/api/v1/devices", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(body),
      signal,
    });
    return { status: response.status, body: await response.json().catch(() => null) };
  });
}

/**
 * The enrolment in the reply, or null. If a reply was cut off, the phone asks again with the same `installation_id`;
 * the server accepts the same code for some time.
 */
function enrolmentOf(answer: ServerReply | null): Enrolment | null {
  const { status, body } = answer ?? {};
  return status === 201 && body?.account?.id && body.device_id && Array.isArray(body.hamlets)
    ? (body as Enrolment)
    : null;
}

/**
 * The sentences for a failed sign-in. Only the server's own error code means that invite or number is wrong: a captive
 * portal answers any request. The server never says which of the two is wrong.
 */
function refusalErrors(answer: ServerReply | null): Problems {
  if (!answer) return { "": unreached() };
  if (answer.status === 201) return { "": _("Chưa đăng nhập được. Thử lại. Mã này còn dùng được trong 15 phút.") };
  if (!answer.body && isPortal(answer.status)) return { "": UNREACHED };
  const error = answer.body?.error;
  if (error === "too_many_attempts") return { "": _("Thử lại sau 5 phút.") };
  const address = answer.body?.address;
  if (address) return { "": _("Nay nơi này ở %(address)s. Đăng nhập ở đó.", { address }) };
  if (error === "commune_off") return { "": _("Nơi này đang tạm dừng. Hỏi cán bộ.") };
  if (error !== "invite_invalid" && error !== "invalid") return { "": BUSY };
  return {
    invite: _("Mã không đúng, đã hết hạn hoặc bị nhập sai quá nhiều lần. Hỏi lại cán bộ."),
    phone: _("Hoặc số này không phải số đã báo với cán bộ."),
  };
}

/** Whether the session of the open account has ended, so that it is probably the same person. */
function isAgain(request: PageRequest & { account?: Account | null }): request is SignedInRequest {
  return Boolean(request.account) && mustSignIn(request as SignedInRequest);
}

/** Why there was no reply of our server. */
function unreached() {
  return globalThis.navigator?.onLine === true ? UNREACHED : OFFLINE;
}

async function showForm(request: PageRequest & { account?: Account | null }, problems: Problems) {
  const { invite = "", phone = "" } = problems;
  const faults = formErrors(problems);
  const context = {
    invite: request.form.get("invite") ?? "",
    phone: request.form.get("phone") ?? "",
    signed_in: Boolean(request.account),
    again: isAgain(request),
    invite_error: invite,
    phone_error: phone,
    ...faults,
    notice: await othersText(),
  };
  return page("sign_in", context, faults.errors.length ? 422 : 200);
}
