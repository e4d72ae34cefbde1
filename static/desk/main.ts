// The desk in the browser: htmx swaps the side panel; this file adds keys, focus and error handling.
import "htmx.org";
import "./idleLock.ts";
import { onFindClick, onFindKey, onFindSubmit } from "./find.ts";
import { onKey } from "./keyboard.ts";
import { onLinkKey } from "./linkKeys.ts";
import { isForMoreRows, releaseRoom, reserveRoom, showMoreRows } from "./moreRows.ts";
import { onPageButton, showButtons } from "./pageButtons.ts";
import { chooseNext, close, mark } from "./panel.ts";
import { onPick, recount } from "./selection.ts";
import { expire } from "./undo.ts";

/** The parts of htmx's request context that are used here. */
type Context = {
  request: { method: string; action: string };
  response: { raw: Response };
  text: string;
  target: Element;
  swap: string;
  push?: string;
};

const contextOf = (event: Event): Context => (event as CustomEvent<{ ctx: Context }>).detail.ctx;

/** Replaces the whole page if the answer is a whole document instead of a panel: sign-in, or an error. */
function replaceWholePage(event: Event) {
  const context = contextOf(event);
  if (!/^\s*<!doctype/i.test(context.text)) return;
  context.target = document.body;
  context.swap = "outerSync";
  if (context.request.method !== "GET" && !context.response.raw.redirected) context.push = "false";
}

/** After a swap or a reload: the rows may have changed, and there may be a new *Hoàn tác*. */
function refresh() {
  recount();
  expire();
}

/** Whether these are the rows that follow the page; a sign-in page may have come instead. */
const areMoreRows = ({ request, target }: Context) => isForMoreRows(request.action) && target !== document.body;

/** Whether a visit was just accepted or returned: a refused form is not redirected. */
const isDecision = ({ request, response }: Context) =>
  request.method !== "GET" && /[/](accept|return)([?]|$)/.test(request.action) && response.raw.redirected;

function showTrouble(visible: boolean) {
  const trouble = document.getElementById("trouble");
  if (trouble) trouble.hidden = !visible;
}

/** Keeps a form whose answer is shown once from being sent twice: a refusal of the second would replace it. */
function sendOnce(event: Event) {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.dataset.once === undefined) return;
  if (form.dataset.once) event.preventDefault();
  form.dataset.once = "sent";
}

/** Back shows the page as it was left. */
function allowSending() {
  for (const form of document.querySelectorAll("form[data-once]")) form.setAttribute("data-once", "");
}

document.addEventListener("submit", sendOnce);
addEventListener("pageshow", allowSending);
document.addEventListener("htmx:before:request", () => showTrouble(false));
document.addEventListener("htmx:error", () => {
  showTrouble(true);
  releaseRoom();
});
document.addEventListener("htmx:after:request", replaceWholePage);
document.addEventListener("htmx:finally:swap", (event) => {
  const context = contextOf(event);
  if (areMoreRows(context)) return showMoreRows();
  mark();
  reserveRoom();
  refresh();
  if (isDecision(context)) chooseNext();
});
document.addEventListener("click", onPick);
document.addEventListener("click", onPageButton);
addEventListener("pageshow", refresh); // browsers restore ticks after a reload
document.addEventListener("keydown", onFindKey);
document.addEventListener("click", onFindClick, { capture: true });
document.addEventListener("submit", onFindSubmit, { capture: true });
document.addEventListener("keydown", onKey);
document.addEventListener("keydown", onLinkKey);
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

reserveRoom();
showButtons();
document.querySelector("#visits [aria-current]")?.scrollIntoView({ block: "nearest" });
