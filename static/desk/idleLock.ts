// Covers a page that nobody has used for 15 minutes, once the server says that its session is locked: in the demo it
// never does. The page underneath stays as it was typed; the password, or a passkey, uncovers it.
import { preparePasskeys } from "./passkey.ts";

const UNLOCK = "/desk/unlock";
const IN_USE = "/desk/in-use";
const MINUTE = 60_000;
const LOCKED_AFTER = 15 * MINUTE;
const TOLD_EVERY = 5 * MINUTE;

let usedAt = Date.now();
let toldAt = Date.now();
let askedAt = 0;
let cover: HTMLDialogElement | null = null;

/** Somebody types, taps or scrolls: the server hears of it now and then, as most of it sends nothing. */
function use() {
  if (cover) return;
  usedAt = Date.now();
  if (usedAt - toldAt < TOLD_EVERY) return;
  toldAt = usedAt;
  void fetch(IN_USE, { method: "POST" }).catch(() => undefined);
}

/** The page for unlocking; null if the server has locked nothing, or cannot be asked. A session that has ended leads to
 * the sign-in: nothing of it stays on the screen. */
async function loadLock(): Promise<string | null> {
  try {
    const answer = await fetch(UNLOCK, { redirect: "manual", headers: { "X-Background": "yes" } });
    if (answer.type === "opaqueredirect") location.reload();
    return answer.status === 200 ? await answer.text() : null;
  } catch {
    return null;
  }
}

async function look() {
  const now = Date.now();
  if (cover || now - usedAt < LOCKED_AFTER || now - askedAt < TOLD_EVERY) return;
  askedAt = now;
  const page = await loadLock();
  if (page === null || cover) return;
  cover = document.createElement("dialog");
  cover.className = "lock";
  cover.addEventListener("cancel", (event) => event.preventDefault());
  document.body.append(cover);
  show(cover, page);
  cover.showModal();
}

/** Shows the form of a page in the cover, and sends it from here. */
function show(dialog: HTMLDialogElement, page: string) {
  const found = new DOMParser().parseFromString(page, "text/html");
  const heading = found.querySelector("main h1");
  const parts = found.querySelectorAll("main > h1, main > .attention, main > form");
  if (heading) {
    heading.id = "lock-heading";
    dialog.setAttribute("aria-labelledby", heading.id);
  }
  for (const script of found.querySelectorAll("script")) script.remove();
  dialog.replaceChildren(...parts);
  for (const form of dialog.querySelectorAll("form")) {
    if (form.getAttribute("action") === UNLOCK)
      form.addEventListener("submit", (event) => onSubmit(event, dialog, form));
  }
  preparePasskeys(dialog, (form) => void send(dialog, form));
  dialog.querySelector<HTMLInputElement>("input[type=password]")?.focus();
}

function onSubmit(event: Event, dialog: HTMLDialogElement, form: HTMLFormElement) {
  event.preventDefault();
  void send(dialog, form);
}

async function send(dialog: HTMLDialogElement, form: HTMLFormElement) {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
  const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
  if (answer.type === "opaqueredirect") {
    // Unlocked; or the session has ended, and what is sent from the page is then carried through the sign-in.
    usedAt = toldAt = Date.now();
    cover = null;
    dialog.remove();
  } else {
    show(dialog, await answer.text());
  }
}

for (const kind of ["keydown", "pointerdown", "scroll", "input"]) {
  addEventListener(kind, use, { passive: true, capture: true });
}
setInterval(() => void look(), MINUTE / 2);
document.addEventListener("visibilitychange", () => void look());
