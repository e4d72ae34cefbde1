// The page of one household: where it is, what was done there, what is promised, and whether it still lives there.

import { append } from "../store/outbox.js";
import { book } from "../store/replica.js";
import { _ } from "../strings.js";
import { homeAt, isSavedElsewhere, NotHere, page, see } from "./answers.js";
import { fateOf, isOpen } from "./fates.js";
import { boxOf } from "./fields.js";
import { dateText, timeText } from "./formats.js";
import { mustSignIn } from "./queue.js";
import { isActive, promiseText } from "./reach.js";
import { unsaved } from "./unsaved.js";
import { addressOf, HOUSEHOLD_STATES, labelOf, maskDigits, RESULTS, servicesOf, titleOf } from "./words.js";

/** @typedef {import("./answers.js").Answer} Answer */
/** @typedef {import("./answers.js").SignedIn} SignedIn */
/** @typedef {import("../store/overlay.js").Book} Book */
/** @typedef {import("../store/overlay.js").Household} Household */
/** @typedef {import("../store/overlay.js").Visit} Visit */

const HISTORY_ROWS = 10;

/**
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function showHousehold(ask) {
  const { account, params, url, world } = ask;
  const known = await book(account.account_id);
  const household = homeAt(known, params.id);
  const visits = known.visitsByHousehold.get(household.id) ?? [];
  const shown = HISTORY_ROWS * Math.max(1, Math.trunc(Number(url.searchParams.get("page"))) || 1);
  const now = world.now();
  const promise = promiseText(known, household.id, now);
  return page("household", {
    href: `/field/households/${household.id}`,
    title: titleOf(household),
    address: addressOf(household, known),
    phone: household.phone ?? "",
    message: messageOf(ask, household),
    step: household.step === "sent" ? null : fateOf(household, now),
    state: stateText(household),
    active: isActive(household),
    promises: promise ? [promise] : [],
    visits: visits.slice(0, shown).map((visit) => entry(visit, known, account.account_id, now)),
    more: visits.length > shown ? `/field/households/${household.id}?page=${shown / HISTORY_ROWS + 1}` : "",
    changes: changesOf(household),
  });
}

/**
 * Asks before a household leaves the list, or comes back to it.
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export function confirmState(ask) {
  return askState(ask, {});
}

/**
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function changeState(ask) {
  const { account, params, form, world } = ask;
  const household = homeAt(await book(account.account_id), params.id);
  try {
    await append(account.account_id, {
      id: form.get("id") || world.newId(),
      type: "household.amend",
      data: { id: household.id, base_version: household.version, state: params.state },
      at: world.now().toISOString(),
    });
  } catch (fault) {
    return askState(ask, unsaved(fault));
  }
  return see(`/field/households/${household.id}?done=saved`);
}

/**
 * @param {SignedIn} ask
 * @param {Record<string, string>} sentences why it could not be saved
 * @returns {Promise<Answer>}
 */
async function askState({ account, params, form, world }, sentences) {
  const household = homeAt(await book(account.account_id), params.id);
  const gone = HOUSEHOLD_STATES[params.state];
  if (!gone && params.state !== "active") throw new NotHere(params.state);
  const address = `/field/households/${household.id}`;
  const errors = boxOf(sentences);
  const context = {
    id: form.get("id") || world.newId(),
    errors,
    title: gone ? `${gone}?` : _("Đưa lại vào danh sách?"),
    subject: labelOf(household),
    sentence: gone
      ? _("Hộ này sẽ không còn trong danh sách phải đến. Các lượt đã ghi vẫn giữ nguyên.")
      : _("Hộ này sẽ có lại trong danh sách phải đến."),
    action: `${address}/state/${params.state}`,
    button: gone ?? _("Đưa lại vào danh sách"),
    cancel: address,
  };
  return page("confirm", context, errors.length ? 422 : 200);
}

/**
 * What has just been done to it. A badge below says what a person has to see to.
 * @param {SignedIn} ask
 * @param {Household} household
 */
function messageOf(ask, { step }) {
  const done = ask.url.searchParams.get("done");
  if (isSavedElsewhere(ask.url)) return _("Hộ này đã được lưu ở cửa sổ khác.");
  if (done === "undone") return _("Đã hoàn tác. Lượt vừa ghi không được tính.");
  if (done === "restored") return _("Đã hoàn tác. Lượt này trở lại như trước khi sửa.");
  if (done !== "saved") return "";
  if (step === "sent" || step === "waiting") return _("Đã gửi.");
  const goes = step === "queued" && !mustSignIn(ask);
  return goes ? _("Đã lưu trên máy. Sẽ tự gửi khi có mạng.") : _("Đã lưu trên máy.");
}

/** @param {Household} household */
function stateText({ state }) {
  const gone = HOUSEHOLD_STATES[state];
  return gone ? _("%(state)s: không còn trong danh sách phải đến.", { state: gone }) : "";
}

/** @param {Household} household */
function changesOf({ id, state }) {
  const states = state === "active" ? Object.keys(HOUSEHOLD_STATES) : ["active"];
  return states.map((to) => ({
    href: `/field/households/${id}/state/${to}`,
    label: HOUSEHOLD_STATES[to] ?? _("Đưa lại vào danh sách"),
  }));
}

/**
 * @param {Visit} visit
 * @param {Book} known
 * @param {string} reader
 * @param {Date} now
 */
function entry(visit, known, reader, now) {
  const own = visit.recorded_by === reader;
  return {
    result: RESULTS[visit.result] ?? visit.result,
    when: `${dateText(visit.occurred_at)} ${timeText(visit.occurred_at)}`,
    services: servicesOf(visit, known),
    note: maskDigits(visit.note ?? ""),
    who: own ? _("Tự ghi") : (known.members.get(visit.recorded_by)?.name ?? _("Thành viên tổ")),
    step: fateOf(visit, now),
    edit: own && isOpen(visit) ? `/field/visits/${visit.id}/edit` : "",
  };
}
