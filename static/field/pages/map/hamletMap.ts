// Sơ đồ thôn: a hamlet as its alleys, each household a cell in the order of the list, with its status.

import { _ } from "../../core/strings.ts";
import type { Household, View } from "../../store/view/overlay.ts";
import { loadView } from "../../store/view/replica.ts";
import { numberText } from "../formats.ts";
import { householdStatus, householdsByAddress, isActive, isMet } from "../households/householdStatus.ts";
import { LIST_PATH } from "../households/households.ts";
import { isGuided } from "../households/lastVisits.ts";
import { hamletName, houseNumber } from "../labels.ts";
import { type PageResponse, page, type SignedInRequest } from "../responses.ts";

/** What a cell shows, in the order of the legend. */
const LABELS = {
  guided: _("Đã hướng dẫn"),
  met: _("Đã gặp"),
  follow_up: _("Hẹn quay lại"),
  absent: _("Vắng nhà"),
  new: _("Chưa gặp"),
};
type CellStatus = keyof typeof LABELS;
type Cell = ReturnType<typeof cellOf>;

const MAP_PATH = `${LIST_PATH}/map`;
/** A cell has room for so many characters; a longer text takes two cells. */
const CELL_CHARACTERS = 5;

/** The hamlet of the address; without one, the first that has households. */
export async function showHamletMap({ account, url, env }: SignedInRequest): Promise<PageResponse> {
  const view = await loadView(account.account_id);
  const living = householdsByAddress(view).filter(isActive);
  const ids = [...new Set(living.map(({ hamlet_id }) => hamlet_id))];
  const asked = url.searchParams.get("hamlet");
  const chosen = ids.find((id) => id === asked) ?? ids[0];
  const alleys = alleysOf(living.filter(({ hamlet_id }) => hamlet_id === chosen));
  const groups = alleys.map((households) => households.map((household) => cellOf(view, household, env.now())));
  return page("hamlet_map", {
    hamlets: ids.map((id) => ({ name: nameOf(view, id), href: `${MAP_PATH}?hamlet=${id}`, current: id === chosen })),
    name: chosen ? nameOf(view, chosen) : "",
    ...counts(groups.flat()),
    legend: legend(groups.flat()),
    alleys: groups.map((cells, index) => ({
      name: alleys[index][0].alley || _("Chưa ghi ngõ, xóm"),
      ...counts(cells),
      cells,
    })),
  });
}

function nameOf(view: View, hamletId: string) {
  return hamletName(view, hamletId) || _("Thôn khác");
}

/** The households of each alley, as the headings of the list part them. */
function alleysOf(ordered: Household[]): Household[][] {
  const alleys: Household[][] = [];
  for (const household of ordered) {
    const last = alleys.at(-1);
    if (last && last[0].alley.toLowerCase() === household.alley.toLowerCase()) last.push(household);
    else alleys.push([household]);
  }
  return alleys;
}

function cellOf(view: View, household: Household, now: Date) {
  const { id, house_no, head_name } = household;
  const { status, line } = householdStatus(view, household, now);
  const shown: CellStatus = status === "met" && isGuided(view, id) ? "guided" : status;
  const text = house_no || head_name.slice(head_name.lastIndexOf(" ") + 1);
  return {
    id,
    met: isMet(view, id),
    status: shown,
    text,
    wide: text.length > CELL_CHARACTERS,
    href: `${LIST_PATH}/${id}/visit`,
    label: [houseNumber(household), head_name].filter(Boolean).join(", "),
    line: shown === "guided" ? `${LABELS.guided} · ${line}` : line,
  };
}

function counts(cells: Cell[]) {
  return { met: numberText(cells.filter(({ met }) => met).length), total: numberText(cells.length) };
}

function legend(cells: Cell[]) {
  return Object.entries(LABELS).map(([status, label]) => ({
    status,
    label,
    count: numberText(cells.filter((cell) => cell.status === status).length),
  }));
}
