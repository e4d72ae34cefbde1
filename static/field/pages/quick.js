// Ghi nhanh: the list where one service and its outcome are set once, and then one tap records one visit.

import { newestActs } from "../store/acts.js";
import { load } from "../store/drafts.js";
import { append } from "../store/outbox.js";
import { book } from "../store/replica.js";
import { _ } from "../strings.js";
import { homeAt, NotHere, page } from "./answers.js";
import { fateOf } from "./fates.js";
import { boxOf, formOf } from "./fields.js";
import { localDay } from "./formats.js";
import { ADDRESS, addressOf, heading, list, QUICK, wishOf } from "./households.js";
import { isActive } from "./reach.js";
import { unsaved } from "./unsaved.js";
import { dataOf, entryOf } from "./visit_entry.js";
import { takeBack, undoable } from "./visit_undo.js";
import { OUTCOMES, PILLARS } from "./words.js";

/** @typedef {import("./answers.js").Answer} Answer */
/** @typedef {import("./answers.js").SignedIn} SignedIn */
/** @typedef {import("./households.js").Wish} Wish */
/** @typedef {import("../store/acts.js").Act} Act */
/** @typedef {import("../store/overlay.js").Book} Book */
/** @typedef {import("../store/overlay.js").Household} Household */
/** @typedef {import("../store/overlay.js").Visit} Visit */
/** @typedef {import("../sync/protocol.js").ServiceRow} ServiceRow */

/** @typedef {{service: ServiceRow | undefined, outcome: string}} Setting */
/** @typedef {{touched?: string, errors?: Record<string, string>}} Tapped Which household, or what stopped it. */

/** The draft that keeps what is set. */
const DRAFT = "quick";
/** How long a tap can be taken back from the list, milliseconds; later the household may be visited again. */
const RECENT = 3600_000;

/**
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export function showQuick(ask) {
  return show(ask, null);
}

/**
 * [Đã đến] or [Vắng]. The form's id is the visit's and the operation's, so a second tap saves nothing new.
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function markHousehold(ask) {
  const { account, params, form, world } = ask;
  const known = await book(account.account_id);
  const { id: touched } = homeAt(known, params.id);
  const { service, outcome } = await settingOf(account.account_id, known);
  const absent = form.get("result") === "not_home";
  const errors = absent ? {} : check({ service, outcome });
  if (boxOf(errors).length) return show(ask, { errors });
  const id = form.get("id") || world.newId();
  const entry = entryOf(new URLSearchParams({ household_id: touched, result: absent ? "not_home" : "helped" }));
  if (service) entry.services.set(service.code, { outcome, people: "1" });
  const at = world.now().toISOString();
  const data = { id, ...dataOf(entry), quick: true };
  return showAfter(ask, append(account.account_id, { id, type: "visit.record", data, at, before: null }), touched);
}

/**
 * [Hoàn tác] in a row of the list. What has become more than a mark since stays as it is.
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function undoMark(ask) {
  const { account_id } = ask.account;
  const [known, acts] = await Promise.all([book(account_id), newestActs(account_id)]);
  const visit = known.visits.get(ask.params.id);
  const act = visit && markToUndo(known, acts, visit);
  return showAfter(ask, act ? takeBack(ask, visit, act) : Promise.resolve(), visit?.household_id);
}

/**
 * The list once the tap is saved, or could not be.
 * @param {SignedIn} ask
 * @param {Promise<unknown>} saving
 * @param {string} [touched]
 */
async function showAfter(ask, saving, touched) {
  try {
    await saving;
  } catch (fault) {
    if (fault instanceof NotHere) throw fault;
    return show(ask, { touched, errors: unsaved(fault) });
  }
  return show(ask, { touched });
}

/**
 * The list. After a tap it stays as it is, in its place.
 * @param {SignedIn} ask
 * @param {Tapped | null} tapped
 */
async function show({ account, url, world }, tapped) {
  const [known, acts] = await Promise.all([book(account.account_id), newestActs(account.account_id)]);
  const wish = { ...wishOf(url), address: QUICK };
  const errors = tapped?.errors ?? {};
  const now = world.now();
  /** @param {Household} household */
  const more = (household) => ({
    href: `${ADDRESS}/${household.id}`,
    key: household.id,
    id: world.newId(),
    action: isActive(household) ? addressOf(wish, { address: `${ADDRESS}/${household.id}/mark` }) : "",
    mark: markOf(known, acts, household, account.account_id, wish, now),
    touched: household.id === tapped?.touched,
    ...(tapped ? { focus: false } : {}),
  });
  /** @param {Household} household */
  const stays = ({ id }) => visitsOf(known, id).some((visit) => isOneTap(visit, account.account_id, now));
  const context = {
    ...list({ known, now, more, stays }, wish),
    ...heading(known, wish.q),
    picking: null,
    quick: setting(known, await settingOf(account.account_id, known), errors, tapped === null),
    turn: addressOf(wish, { address: ADDRESS, page: 1 }),
  };
  return page("households", context, boxOf(errors).length ? 422 : 200);
}

/**
 * What is set, as far as the catalog still has it.
 * @param {string} accountId
 * @param {Book} known
 * @returns {Promise<Setting>}
 */
async function settingOf(accountId, known) {
  const fields = formOf((await load(accountId, DRAFT)) ?? {});
  const service = known.services.find(({ code }) => code === fields.get("service"));
  const outcome = fields.get("outcome") ?? "";
  return { service, outcome: service?.outcomes.includes(outcome) ? outcome : "" };
}

/** @param {Setting} setting */
function check({ service, outcome }) {
  return {
    service: service ? "" : _("Chọn một việc trước, rồi bấm Đã đến."),
    outcome: service && !outcome ? _("Chọn kết quả của việc này, rồi bấm Đã đến.") : "",
  };
}

/**
 * @param {Book} known
 * @param {Setting} set
 * @param {Record<string, string>} errors
 * @param {boolean} opens
 */
function setting(known, { service, outcome }, errors, opens) {
  const pillars = Object.entries(PILLARS).map(([pillar, label]) => ({
    label,
    services: known.services
      .filter((one) => one.pillar === pillar)
      .map(({ code, label: { vi } }) => ({ code, label: vi, chosen: code === service?.code })),
  }));
  const outcomes = service ? [...new Set([...service.first, ...service.outcomes])] : [];
  return {
    draft: DRAFT,
    opens,
    pillars: pillars.filter(({ services }) => services.length),
    outcomes: outcomes.map((value) => ({ value, label: OUTCOMES[value] ?? value, chosen: value === outcome })),
    errors: boxOf({ "": errors[""] ?? "" }),
    service_error: errors.service ?? "",
    outcome_error: errors.outcome ?? "",
  };
}

/**
 * What a tap has left in the household's row, and how to take it back.
 * @param {Book} known
 * @param {Act[]} acts
 * @param {Household} household
 * @param {string} reader
 * @param {Wish} wish
 * @param {Date} now
 */
function markOf(known, acts, { id }, reader, wish, now) {
  const visit = visitsOf(known, id).find((one) => isOneTap(one, reader, now));
  if (!visit || now.getTime() - Date.parse(visit.occurred_at) > RECENT) return null;
  const { step } = visit;
  const said = fateOf(visit, now);
  return {
    step: step === "queued" ? { ...said, text: _("Đã lưu trên máy") } : said,
    undo: markToUndo(known, acts, visit) ? addressOf(wish, { address: `/field/visits/${visit.id}/mark/undo` }) : "",
  };
}

/**
 * The tap that recorded the visit, if it is the last act on it.
 * @param {Book} known
 * @param {Act[]} acts
 * @param {Visit} visit
 */
function markToUndo(known, acts, visit) {
  const act = undoable(known, acts, visit);
  return act?.quick && act.before === null ? act : null;
}

/**
 * Whether the visit is the reader's own, of today, and holds no more than one tap can give back.
 * @param {Visit} visit
 * @param {string} reader
 * @param {Date} now
 */
function isOneTap({ recorded_by, occurred_at, result, services, note, follow_up_on }, reader, now) {
  const one = result === "helped" ? services.length === 1 && services[0].people === 1 : result === "not_home";
  return one && !note && !follow_up_on && recorded_by === reader && localDay(occurred_at) === localDay(now);
}

/**
 * @param {Book} known
 * @param {string} householdId
 * @returns {Visit[]} newest first
 */
function visitsOf(known, householdId) {
  return known.visitsByHousehold.get(householdId) ?? [];
}
