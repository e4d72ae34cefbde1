// The rows of the list that come right after its page: a screen shows fifteen, and all 250 would take longer.
import { markLink } from "./panel.ts";
import { addRows } from "./selection.ts";

const waiting = () => document.getElementById("more-rows");

export const isForMoreRows = (address: string) => /^[/]desk[/]visits[/]rows([?]|$)/.test(address);

/** Takes the room of the rows that are to come: Back and a reload find the place where the page was left. */
export function reserveRoom() {
  const row = waiting();
  const first = row?.parentElement?.querySelector("tr");
  if (!row || !first || row === first) return;
  const above = [...(row.parentElement as HTMLElement).children].indexOf(row);
  const height = (row.offsetTop - first.offsetTop) / above;
  row.style.blockSize = `${height * Number(row.dataset.rows)}px`;
}

/** They did not come: their link leads to the whole page. */
export function releaseRoom() {
  waiting()?.style.removeProperty("block-size");
}

/** They are here. Neither focus nor the place on the page moves. */
export function showMoreRows() {
  addRows();
  markLink();
}
