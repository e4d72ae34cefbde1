// V4 Hộ dân: the list, its search, filters and orders.

import { _ } from "../../core/strings.ts";
import type { Household, View } from "../../store/view/overlay.ts";
import { loadView } from "../../store/view/replica.ts";
import { type DraftRow, listDrafts } from "../draftList.ts";
import { numberText, timeText } from "../formats.ts";
import { HOUSEHOLD_STATES, hamletName, helpText, householdLabel } from "../labels.ts";
import { type PageResponse, page, type SignedInRequest } from "../responses.ts";
import { visitsOfToday } from "../visits/secondVisit.ts";
import { searchHouseholds, telephoneDigits } from "./householdSearch.ts";
import {
  coverage,
  hasFollowUp,
  householdStatus,
  householdsByAddress,
  householdsByName,
  isActive,
  isMet,
} from "./householdStatus.ts";

/** The list's parameters in the address. `from`: only the page's rows from that of this household on. */
export type ListQuery = { address: string; q: string; show: string; order: string; page: number; from?: string };

/** What the rows of the list are built from. */
type Listing = {
  view: View;
  now: Date;
  /** more fields of the row */
  rowFields: (household: Household) => Record<string, unknown>;
  /** whether it is listed regardless of the filter */
  isPinned?: (household: Household) => boolean;
  /** what is begun and not saved */
  drafts?: DraftRow[];
};

export const LIST_PATH = "/field/households";
export const QUICK_PATH = `${LIST_PATH}/quick`;
/** Each page is a list of its own, which the browser leaves out while it is out of sight. */
const PAGE_ROWS = 20;
/** What is next there, by status: to come back, to try again, or nothing. Nobody was at a household without one. */
const SIGNS: Record<string, string> = {
  follow_up: "come_back",
  absent: "not_home",
  met: "check",
  new: "",
  inactive: "",
};

const FILTERS: { show: string; label: string; matches: (view: View, household: Household) => boolean }[] = [
  { show: "unvisited", label: _("Chưa gặp"), matches: (view, { id }) => !isMet(view, id) },
  { show: "follow_up", label: _("Hẹn quay lại"), matches: (view, { id }) => hasFollowUp(view, id) },
  { show: "met", label: _("Đã gặp"), matches: (view, { id }) => isMet(view, id) },
  { show: "all", label: _("Tất cả"), matches: () => true },
];

export async function showHouseholds({ account, url, env }: SignedInRequest): Promise<PageResponse> {
  const query = parseListQuery(url);
  const loading = loadView(account.account_id);
  const [view, drafts] = await Promise.all([loading, listDrafts(account.account_id, loading)]);
  return page("households", {
    ...listContext({ view, now: env.now(), rowFields: ({ id }) => ({ href: `${LIST_PATH}/${id}` }), drafts }, query),
    ...headingContext(view, query.q),
    mode_href: listAddress(query, { address: QUICK_PATH, page: 1 }),
  });
}

/** The heading above the list and the link below it. */
export function headingContext(view: View, q: string) {
  const { name, met, total } = coverage(view);
  return {
    hamlets: name,
    met: numberText(met),
    total: numberText(total),
    // A caller's number is in no field of a new household.
    add: q && !telephoneDigits(q) ? `${LIST_PATH}/new?q=${encodeURIComponent(q)}` : `${LIST_PATH}/new`,
  };
}

export function parseListQuery({ pathname, searchParams }: URL): ListQuery {
  return {
    address: pathname,
    q: searchParams.get("q") ?? "",
    show: searchParams.get("show") ?? "all",
    order: searchParams.get("order") === "name" ? "name" : "address",
    page: Math.max(1, Math.trunc(Number(searchParams.get("page"))) || 1),
    from: searchParams.get("from") ?? "",
  };
}

export function listContext({ view, now, rowFields, isPinned = () => false, drafts = [] }: Listing, query: ListQuery) {
  const ordered = query.order === "name" ? householdsByName(view) : householdsByAddress(view);
  const { hits, similar } = hitsOf(view, ordered, query.q);
  const chosen = FILTERS.find(({ show }) => show === query.show) ?? FILTERS[3];
  const rows = hits.filter((household) => chosen.matches(view, household) || isPinned(household));
  const { start, end } = range(rows, query);
  // The row before says whether the first needs a heading.
  const before = Math.max(0, start - 1);
  const drawn = rows.slice(before, end).map((household) => ({ household, ...row(view, household, now) }));
  const lines = withHeadings(drawn, query).slice(start - before);
  const elsewhere = !rows.length && !similar && query.q ? hits.length : 0;
  return {
    address: query.address,
    q: query.q,
    similar: similar && rows.length > 0,
    fields: hiddenFields(query),
    filters: filters(view, query, hits, chosen.show),
    rows: lines.map(({ household, ...line }, index) => ({
      ...line,
      key: household.id,
      breaks: index && !(index % PAGE_ROWS),
      drafts: drafts.filter((draft) => draft.household === household.id),
      ...rowFields(household),
    })),
    more: moreRows(rows, end, query),
    order: otherOrder(query),
    empty: elsewhere
      ? _("Không có trong mục %(filter)s. Có %(count)s hộ ở mục khác.", {
          filter: chosen.label,
          count: numberText(elsewhere),
        })
      : emptyText(query, ordered),
    see_all: elsewhere ? listAddress(query, { show: "all", page: 1 }) : "",
  };
}

/**
 * Which rows are drawn: all pages, or those that the list on screen does not have yet. The place of the first may have
 * changed since; if it is not in the list any more, those of the last page.
 */
function range(rows: Household[], { page, from }: ListQuery) {
  const next = from ? rows.findIndex(({ id }) => id === from) : 0;
  const start = next < 0 ? (page - 1) * PAGE_ROWS : next;
  return { start, end: from ? start + PAGE_ROWS : page * PAGE_ROWS };
}

function moreRows(rows: Household[], end: number, query: ListQuery) {
  const next = rows[end];
  if (!next) return null;
  const href = listAddress(query, { page: query.page + 1 });
  return { href, from: next.id, count: Math.min(rows.length - end, PAGE_ROWS) };
}

/** What a search finds: without one all that live there, with a caller's number those with it who expect somebody. */
function hitsOf(view: View, ordered: Household[], q: string) {
  const called = telephoneDigits(q);
  if (q && !called) return searchHouseholds(ordered, q, ({ hamlet_id }) => hamletName(view, hamlet_id));
  const isCaller = ({ id, phone }: Household) => telephoneDigits(phone ?? "") === called && hasFollowUp(view, id);
  return { hits: ordered.filter(called ? isCaller : isActive), similar: false };
}

/** The hidden fields of the search form. */
function hiddenFields({ show, order }: ListQuery) {
  const fields = [];
  if (show !== "all") fields.push({ name: "show", value: show });
  if (order !== "address") fields.push({ name: "order", value: order });
  return fields;
}

function filters(view: View, query: ListQuery, hits: Household[], chosen: string) {
  return FILTERS.map(({ show, label, matches }) => ({
    label,
    count: numberText(hits.filter((household) => matches(view, household)).length),
    href: listAddress(query, { show, page: 1 }),
    current: show === chosen,
  }));
}

function row(view: View, household: Household, now: Date) {
  const hamlet = view.hamlets.length > 1 ? hamletName(view, household.hamlet_id) : "";
  const place = [household.alley, hamlet].filter(Boolean).join(", ");
  const inactiveLabel = HOUSEHOLD_STATES[household.state];
  const { status, line } = inactiveLabel
    ? { status: "inactive", line: inactiveLabel }
    : householdStatus(view, household, now);
  const [today] = visitsOfToday(view, household.id, now);
  // Of an appointment the line does not say when somebody was here today.
  const isSaid = !today || status !== "follow_up";
  const time = isSaid ? "" : _("ghi lúc %(time)s", { time: timeText(today.occurred_at) });
  const recorded = [time, today ? helpText(today, view) : ""].filter(Boolean).join(" · ");
  return { label: householdLabel(household), place, status, sign: SIGNS[status], line, recorded };
}

/** In the order of addresses an alley is said once, above its households. */
function withHeadings<Row extends { place: string }>(
  rows: Row[],
  { q, order }: ListQuery,
): (Row & { heading: string })[] {
  if (q || order === "name") return rows.map((line) => ({ ...line, heading: "" }));
  const places = rows.map(({ place }) => place.toLowerCase());
  return rows.map((line, index) => {
    const isSame = places[index] === (places[index - 1] ?? "");
    return { ...line, heading: isSame ? "" : line.place || _("Chưa ghi ngõ, xóm"), place: "" };
  });
}

function otherOrder(query: ListQuery) {
  if (query.order === "name")
    return { href: listAddress(query, { order: "address", page: 1 }), label: _("Xếp theo số nhà") };
  return { href: listAddress(query, { order: "name", page: 1 }), label: _("Xếp theo tên") };
}

function emptyText({ q, show }: ListQuery, all: Household[]) {
  if (!all.length) return _("Chưa có hộ nào trong danh sách. Hỏi cán bộ, hoặc thêm hộ khi đến nhà.");
  if (telephoneDigits(q)) return _("Không thấy. Máy chỉ có số của hộ đang có hẹn.");
  if (q) return _("Không có hộ nào khớp “%(q)s”.", { q });
  if (show === "follow_up") return _("Không có hẹn nào.");
  if (show === "unvisited") return _("Đã gặp tất cả các hộ.");
  if (show === "met") return _("Chưa gặp hộ nào.");
  return _("Không còn hộ nào trong danh sách.");
}

/** The address of the list with some parameters changed; default values are left out. */
export function listAddress(query: ListQuery, changed: Partial<ListQuery>) {
  const { address, q, show, order, page: number } = { ...query, ...changed };
  const chosen = new URLSearchParams();
  if (q) chosen.set("q", q);
  if (show !== "all") chosen.set("show", show);
  if (order !== "address") chosen.set("order", order);
  if (number > 1) chosen.set("page", String(number));
  const search = String(chosen);
  return search ? `${address}?${search}` : address;
}
