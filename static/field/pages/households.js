// V4 Hộ dân: the list, its search, filters and orders. The same list picks another household for a visit.

import { book } from "../store/replica.js";
import { _ } from "../strings.js";
import { matching } from "../text.js";
import { found, page } from "./answers.js";
import { numberText } from "./formats.js";
import { coverage, inAddressOrder, inNameOrder, isActive, isPromised, reachedBy, standing } from "./reach.js";
import { HOUSEHOLD_STATES, hamletName, labelOf } from "./words.js";

/** @typedef {import("./answers.js").Answer} Answer */
/** @typedef {import("./answers.js").SignedIn} SignedIn */
/** @typedef {import("../store/overlay.js").Book} Book */
/** @typedef {import("../store/overlay.js").Household} Household */
/** @typedef {{address: string, q: string, show: string, order: string, page: number}} Wish What the address asks for. */

/**
 * @typedef {object} Scene What the rows of a list are drawn from.
 * @property {Book} known
 * @property {Date} now
 * @property {(household: Household) => Record<string, unknown>} more what stands in a row besides the household
 * @property {(household: Household) => boolean} [stays] whether it is in the list whatever the filter
 */

export const ADDRESS = "/field/households";
export const QUICK = `${ADDRESS}/quick`;
const PAGE_ROWS = 30;

/** @type {{show: string, label: string, belongs: (book: Book, household: Household) => boolean}[]} */
const FILTERS = [
  { show: "unvisited", label: _("Chưa đến"), belongs: (known, { id }) => !reachedBy(known, id) },
  { show: "promised", label: _("Hẹn lại"), belongs: (known, { id }) => isPromised(known, id) },
  { show: "all", label: _("Tất cả"), belongs: () => true },
];

/**
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function showHouseholds({ account, url, world }) {
  const known = await book(account.account_id);
  const wish = wishOf(url);
  return page("households", {
    ...list({ known, now: world.now(), more: ({ id }) => ({ href: `${ADDRESS}/${id}` }) }, wish),
    ...heading(known, wish.q),
    picking: null,
    quick: null,
    turn: addressOf(wish, { address: QUICK, page: 1 }),
  });
}

/**
 * What stands above and below the list, when it is not there to pick from.
 * @param {Book} known
 * @param {string} q
 */
export function heading(known, q) {
  const { reached, total } = coverage(known);
  return {
    hamlets: known.hamlets.map(({ name }) => name).join(", "),
    reached: numberText(reached),
    total: numberText(total),
    add: q ? `${ADDRESS}/new?name=${encodeURIComponent(q)}` : `${ADDRESS}/new`,
  };
}

/**
 * The list for *Sai hộ*: choosing a household goes back to the visit's form.
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function pickHousehold({ account, params, url, world }) {
  const known = await book(account.account_id);
  const visit = found(known.visits, params.id);
  const form = `/field/visits/${visit.id}/edit`;
  const household = known.households.get(visit.household_id);
  return page("households", {
    ...list({ known, now: world.now(), more: ({ id }) => ({ href: `${form}?household_id=${id}` }) }, wishOf(url)),
    picking: { cancel: form, instead_of: household ? _("Thay cho: %(label)s", { label: labelOf(household) }) : "" },
    quick: null,
    turn: "",
    hamlets: "",
    reached: "",
    total: "",
    add: "",
  });
}

/**
 * @param {URL} url
 * @returns {Wish}
 */
export function wishOf({ pathname, searchParams }) {
  return {
    address: pathname,
    q: searchParams.get("q") ?? "",
    show: searchParams.get("show") ?? "all",
    order: searchParams.get("order") === "name" ? "name" : "address",
    page: Math.max(1, Math.trunc(Number(searchParams.get("page"))) || 1),
  };
}

/**
 * @param {Scene} scene
 * @param {Wish} wish
 */
export function list({ known, now, more, stays = () => false }, wish) {
  const ordered = wish.order === "name" ? inNameOrder(known) : inAddressOrder(known);
  const hits = wish.q ? ordered.filter(matching(wish.q)) : ordered.filter(isActive);
  const chosen = FILTERS.find(({ show }) => show === wish.show) ?? FILTERS[2];
  const rows = hits.filter((household) => chosen.belongs(known, household) || stays(household));
  const shown = wish.page * PAGE_ROWS;
  return {
    address: wish.address,
    q: wish.q,
    kept: kept(wish),
    filters: filters(known, wish, hits, chosen.show),
    rows: rows.slice(0, shown).map((household, index) => ({
      ...row(known, household, now),
      focus: wish.page > 1 && index === shown - PAGE_ROWS,
      ...more(household),
    })),
    more:
      rows.length > shown
        ? { href: addressOf(wish, { page: wish.page + 1 }), count: Math.min(rows.length - shown, PAGE_ROWS) }
        : null,
    order: otherOrder(wish),
    empty: emptyText(wish, ordered),
  };
}

/**
 * What the search form carries along.
 * @param {Wish} wish
 */
function kept({ show, order }) {
  const fields = [];
  if (show !== "all") fields.push({ name: "show", value: show });
  if (order !== "address") fields.push({ name: "order", value: order });
  return fields;
}

/**
 * @param {Book} known
 * @param {Wish} wish
 * @param {Household[]} hits
 * @param {string} chosen
 */
function filters(known, wish, hits, chosen) {
  return FILTERS.map(({ show, label, belongs }) => ({
    label,
    count: numberText(hits.filter((household) => belongs(known, household)).length),
    href: addressOf(wish, { show, page: 1 }),
    current: show === chosen,
  }));
}

/**
 * @param {Book} known
 * @param {Household} household
 * @param {Date} now
 */
function row(known, household, now) {
  const hamlet = known.hamlets.length > 1 ? hamletName(known, household.hamlet_id) : "";
  const place = [household.alley, hamlet].filter(Boolean).join(", ");
  const gone = HOUSEHOLD_STATES[household.state];
  const { reach, line } = gone ? { reach: "gone", line: gone } : standing(known, household, now);
  return { label: labelOf(household), place, reach, line };
}

/** @param {Wish} wish */
function otherOrder(wish) {
  if (wish.order === "name")
    return { href: addressOf(wish, { order: "address", page: 1 }), label: _("Xếp theo số nhà") };
  return { href: addressOf(wish, { order: "name", page: 1 }), label: _("Xếp theo tên") };
}

/**
 * @param {Wish} wish
 * @param {Household[]} all
 */
function emptyText({ q, show }, all) {
  if (!all.length) return _("Chưa có hộ nào trong danh sách. Hỏi cán bộ xã, hoặc thêm hộ khi đến nhà.");
  if (q) return _("Không có hộ nào khớp “%(q)s”.", { q });
  if (show === "promised") return _("Không có hẹn nào.");
  if (show === "unvisited") return _("Đã đến tất cả các hộ.");
  return _("Không còn hộ nào trong danh sách.");
}

/**
 * The address of this list with some wishes changed; what is as usual is left out.
 * @param {Wish} wish
 * @param {Partial<Wish>} changed
 */
export function addressOf(wish, changed) {
  const { address, q, show, order, page: number } = { ...wish, ...changed };
  const chosen = new URLSearchParams();
  if (q) chosen.set("q", q);
  if (show !== "all") chosen.set("show", show);
  if (order !== "address") chosen.set("order", order);
  if (number > 1) chosen.set("page", String(number));
  const query = String(chosen);
  return query ? `${address}?${query}` : address;
}
