// Keyboard shortcuts of the visit list. They work while the list or the open visit has focus, and on a page on which
// nothing has: a letter typed or spoken elsewhere does nothing (WCAG 2.1.4).
import { close, isOpen, neighbourOf, openLink } from "./panel.ts";
import { pickPage, pickRow, selectedCount } from "./selection.ts";

/** @type {Record<string, (here: Element, event: KeyboardEvent) => void>} */
const SHORTCUTS = {
  j: (here) => step(here, 1),
  k: (here) => step(here, -1),
  d: (here) => (inPanel(here) ? press("#panel", "d") : selectedCount() ? toButton() : accept(rowOf(here))),
  t: (here) => (inPanel(here) ? press("#panel", "t") : selectedCount() ? toReasons() : askReason(rowOf(here))),
  x: (here, event) => pickRow(rowOf(here), event.shiftKey),
  a: pickPage,
  u: () => press("#panel", "u") || press("#visits", "u"),
  "/": () => document.getElementById("q")?.focus(),
  enter: (here) => here.closest("tr")?.querySelector("a")?.click(), // from a row's box; links do it themselves
  "?": () => document.getElementById("keys")?.togglePopover(),
  escape: close,
};

/** @param {KeyboardEvent} event */
export function onKey(event) {
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
 * @param {string} key
 * @param {Element} here
 */
function isShortcut(key, here) {
  if (key === "Escape") return true;
  if (key === "Enter") return here.matches("tbody input, #bulk input");
  return !here.matches("input:not([type=checkbox]), select, textarea");
}

/** @param {Element} here */
const hasShortcuts = (here) =>
  here === document.body ? document.getElementById("visits") !== null : here.closest("#visits, #panel") !== null;

/** @param {Element} here */
const inPanel = (here) => here.closest("#panel") !== null;

/**
 * Presses the button of this key. Whether there is one.
 * @param {string} where
 * @param {string} key
 */
function press(where, key) {
  const button = /** @type {HTMLElement | null} */ (document.querySelector(`${where} [data-key="${key}"]`));
  button?.click();
  return button !== null;
}

/** The key only moves focus to the button: a person has to read the number of visits first. */
const toButton = () =>
  /** @type {HTMLElement | null} */ (document.querySelector('#bulk [value^="accepted"]:not([hidden])'))?.focus();

function toReasons() {
  document.querySelector("#bulk details")?.setAttribute("open", "");
  /** @type {HTMLElement | null} */ (document.querySelector("#bulk [name=reason]"))?.focus();
}

/**
 * The row that has focus; from the panel, that of the open visit.
 * @param {Element} here
 * @returns {HTMLTableRowElement | null}
 */
const rowOf = (here) => here.closest("tr") ?? openLink()?.closest("tr") ?? null;

/**
 * Focuses the next or the previous visit of the list; if a visit is open beside it, opens that one instead.
 * @param {Element} here
 * @param {1 | -1} by
 */
function step(here, by) {
  const row = rowOf(here);
  const link = row ? neighbourOf(row, by) : document.querySelector('#visits tbody [id^="open-"]');
  if (!(link instanceof HTMLElement)) return;
  link.focus();
  if (isOpen() && link !== openLink()) link.click();
}

/** @param {HTMLTableRowElement | null} row */
function accept(row) {
  const form = /** @type {HTMLFormElement | null} */ (document.getElementById("accept"));
  if (!row || !form) return;
  form.setAttribute("action", addressOf(row, "accept"));
  for (const name of ["version", "seen"]) {
    const field = /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
    field.value = row.dataset[name] ?? "";
  }
  form.requestSubmit();
}

/** @param {HTMLTableRowElement | null} row */
function askReason(row) {
  const link = document.getElementById("return");
  if (!row || !link) return;
  link.setAttribute("href", addressOf(row, "return"));
  link.click();
}

/**
 * The address of a decision on a row's visit, with the list's filters.
 * @param {HTMLTableRowElement} row
 * @param {string} verb
 */
function addressOf(row, verb) {
  const { pathname, search } = /** @type {HTMLAnchorElement} */ (row.querySelector("a"));
  return `${pathname}/${verb}${search}`;
}
