// Keys for looking through visits. They work only while the list or the open visit has focus, so that a letter
// typed or spoken elsewhere does nothing (WCAG 2.1.4).
import { close, openLink } from "./panel.js";

/** @type {Record<string, (here: Element) => void>} */
const VERBS = {
  j: (here) => step(here, 1),
  k: (here) => step(here, -1),
  h: (here) => (inPanel(here) ? press("h") : accept(rowOf(here))),
  t: (here) => (inPanel(here) ? press("t") : askReason(rowOf(here))),
  "?": () => document.getElementById("keys")?.togglePopover(),
  escape: close,
};

/** @param {KeyboardEvent} event */
export function onKey(event) {
  const here = event.target;
  const verb = VERBS[event.key.toLowerCase()];
  if (!verb || !(here instanceof Element) || event.ctrlKey || event.altKey || event.metaKey || event.isComposing)
    return;
  if (!here.closest("#visits, #panel") || document.querySelector(":popover-open")) return;
  if (event.key !== "Escape" && here.matches("input, select, textarea")) return;
  event.preventDefault();
  verb(here);
}

/** @param {Element} here */
const inPanel = (here) => here.closest("#panel") !== null;

/** @param {string} key */
const press = (key) =>
  /** @type {HTMLElement | null} */ (document.querySelector(`#panel [data-key="${key}"]`))?.click();

/**
 * The row that has focus; from the panel, that of the open visit.
 * @param {Element} here
 * @returns {HTMLTableRowElement | null}
 */
const rowOf = (here) => here.closest("tr") ?? openLink()?.closest("tr") ?? null;

/**
 * Focus the next or the previous visit of the list.
 * @param {Element} here
 * @param {1 | -1} by
 */
function step(here, by) {
  const links = /** @type {HTMLAnchorElement[]} */ ([...document.querySelectorAll("#visits tbody a")]);
  const now = links.findIndex((link) => link.closest("tr") === rowOf(here));
  links[now < 0 ? 0 : Math.min(Math.max(now + by, 0), links.length - 1)]?.focus();
}

/** @param {HTMLTableRowElement | null} row */
function accept(row) {
  const form = /** @type {HTMLFormElement | null} */ (document.getElementById("accept"));
  if (!row || !form) return;
  form.setAttribute("action", addressOf(row, "accept"));
  /** @type {HTMLInputElement} */ (form.elements.namedItem("version")).value = row.dataset.version ?? "";
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
 * The address of a decision on a row's visit, the list's filters kept.
 * @param {HTMLTableRowElement} row
 * @param {string} verb
 */
function addressOf(row, verb) {
  const { pathname, search } = /** @type {HTMLAnchorElement} */ (row.querySelector("a"));
  return `${pathname}/${verb}${search}`;
}
