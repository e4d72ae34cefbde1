// The desk in the browser: htmx swaps the side panel; this file adds keys, focus and what htmx leaves open.
import "htmx.org";
import { onKey } from "./keys.js";
import { close, mark } from "./panel.js";
import { onPick, recount } from "./picks.js";
import { expire } from "./undo.js";

/**
 * What htmx tells about a request, as far as it is used here.
 * @typedef {object} Context
 * @property {{method: string}} request
 * @property {{raw: Response}} response
 * @property {string} text
 * @property {Element} target
 * @property {string} swap
 * @property {string} [push]
 */

/** @param {Event} event @returns {Context} */
const contextOf = (event) => /** @type {CustomEvent<{ctx: Context}>} */ (event).detail.ctx;

/**
 * A whole document where a panel was expected (sign-in, an error) takes the place of the whole page.
 * @param {Event} event
 */
function takeWholePage(event) {
  const context = contextOf(event);
  if (!/^\s*<!doctype/i.test(context.text)) return;
  context.target = document.body;
  context.swap = "outerSync";
  if (context.request.method !== "GET" && !context.response.raw.redirected) context.push = "false";
}

/** The rows may be others now, and something to undo may have come. */
function settle() {
  recount();
  expire();
}

/** @param {boolean} visible */
function showTrouble(visible) {
  const trouble = document.getElementById("trouble");
  if (trouble) trouble.hidden = !visible;
}

document.addEventListener("htmx:before:request", () => showTrouble(false));
document.addEventListener("htmx:error", () => showTrouble(true));
document.addEventListener("htmx:after:request", takeWholePage);
document.addEventListener("htmx:finally:swap", () => {
  mark();
  settle();
});
document.addEventListener("click", onPick);
addEventListener("pageshow", settle); // browsers put ticks back after a reload
document.addEventListener("keydown", onKey);
document.addEventListener(
  "click",
  (event) => {
    const link = event.target instanceof Element && event.target.closest("a[data-close]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    close();
  },
  { capture: true },
);

document.querySelector("#visits [aria-current]")?.scrollIntoView({ block: "nearest" });
