// Keyboard shortcuts of the visit list. They work while the list or the open visit has focus, and on a page on which
// nothing has: a letter typed or spoken elsewhere does nothing (WCAG 2.1.4).
import { close, isOpen, neighbourOf, openLink } from "./panel.ts";
import { pickPage, pickRow, selectedCount } from "./selection.ts";

const SHORTCUTS: Record<string, (here: Element, event: KeyboardEvent) => void> = {
  j: (here) => step(here, 1),
  k: (here) => step(here, -1),
  d: (here) => (inPanel(here) ? press("#panel", "d") : selectedCount() ? toButton() : accept(rowOf(here))),
  t: (here) => (inPanel(here) ? press("#panel", "t") : selectedCount() ? toReasons() : askReason(rowOf(here))),
  x: (here, event) => pickRow(rowOf(here), event.shiftKey),
  a: pickPage,
  n: (here) => press(inPanel(here) ? "#panel" : `#${rowOf(here)?.id ?? "panel"}`, "n"),
  u: () => press("#panel", "u") || press("#visits", "u"),
  "/": () => document.getElementById("q")?.focus(),
  enter: (here) => here.closest("tr")?.querySelector("a")?.click(), // from a row's box; links do it themselves
  "?": () => document.getElementById("keys")?.togglePopover(),
  escape: close,
};

export function onKey(event: KeyboardEvent) {
  const here = event.target;
  const shortcut = SHORTCUTS[event.key.toLowerCase()];
  if (!shortcut || !(here instanceof Element) || event.ctrlKey || event.altKey || event.metaKey || event.isComposing)
    return;
  if (!hasShortcuts(here) || document.querySelector(":popover-open")) return;
  if (!isShortcut(event.key, here)) return;
  event.preventDefault();
  shortcut(here, event);
}

/**
 * Letters are shortcuts outside text fields and selects. Enter works on links and buttons by itself; in the inputs
 * of a form with several buttons it would press the first.
 */
function isShortcut(key: string, here: Element) {
  if (key === "Escape") return true;
  if (key === "Enter") return here.matches("tbody input, #bulk input");
  return !here.matches("input:not([type=checkbox]), select, textarea");
}

const hasShortcuts = (here: Element) =>
  here === document.body ? document.getElementById("visits") !== null : here.closest("#visits, #panel") !== null;

const inPanel = (here: Element) => here.closest("#panel") !== null;

/** Presses the button of this key. Whether there is one. */
function press(where: string, key: string) {
  const button = document.querySelector(`${where} [data-key="${key}"]`) as HTMLElement | null;
  button?.click();
  return button !== null;
}

/** The key only moves focus to the button: a person has to read the number of visits first. */
const toButton = () =>
  (document.querySelector('#bulk [value^="accepted"]:not([hidden])') as HTMLElement | null)?.focus();

function toReasons() {
  document.querySelector("#bulk details")?.setAttribute("open", "");
  (document.querySelector("#bulk [name=reason]") as HTMLElement | null)?.focus();
}

/** The row that has focus; from the panel, that of the open visit. */
const rowOf = (here: Element): HTMLTableRowElement | null => here.closest("tr") ?? openLink()?.closest("tr") ?? null;

/** Focuses the next or the previous visit of the list; if a visit is open beside it, opens that one instead. */
function step(here: Element, by: 1 | -1) {
  const row = rowOf(here);
  const link = row ? neighbourOf(row, by) : document.querySelector('#visits tbody [id^="open-"]');
  if (!(link instanceof HTMLElement)) return;
  link.focus();
  if (isOpen() && link !== openLink()) link.click();
}

function accept(row: HTMLTableRowElement | null) {
  const form = document.getElementById("accept") as HTMLFormElement | null;
  if (!row || !form) return;
  form.setAttribute("action", addressOf(row, "accept"));
  for (const name of ["version", "seen"]) {
    const field = form.elements.namedItem(name) as HTMLInputElement;
    field.value = row.dataset[name] ?? "";
  }
  form.requestSubmit();
}

function askReason(row: HTMLTableRowElement | null) {
  const link = document.getElementById("return");
  if (!row || !link) return;
  link.setAttribute("href", addressOf(row, "return"));
  link.click();
}

/** The address of a decision on a row's visit, with the list's filters. */
function addressOf(row: HTMLTableRowElement, verb: string) {
  const { pathname, search } = row.querySelector("a") as HTMLAnchorElement;
  return `${pathname}/${verb}${search}`;
}
