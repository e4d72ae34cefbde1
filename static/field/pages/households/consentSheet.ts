// Xin số điện thoại: the sheet that the household reads and agrees to by holding a button for two seconds.

const HOLD_MS = 2_000;
const STEP_MS = 50;

/** The hold that is going on. */
let hold: { button: HTMLElement; since: number; timer: ReturnType<typeof setInterval> } | null = null;

/** Adds the listeners, for all pages. */
export function offerConsent() {
  document.addEventListener("click", followClick);
  document.addEventListener("pointerdown", ({ target }) => begin(target));
  for (const kind of ["pointerup", "pointercancel"]) document.addEventListener(kind, release);
  document.addEventListener("keydown", (event) => {
    if (event.key === " " || event.key === "Enter") if (begin(event.target) || event.repeat) holdsKey(event);
  });
  document.addEventListener("keyup", release);
  addEventListener("blur", release);
  // A long press of a finger would open a menu in its place.
  document.addEventListener("contextmenu", (event) => {
    if (hold) event.preventDefault();
  });
}

/** A key that is held would press the button again and again. */
function holdsKey(event: KeyboardEvent) {
  if (part(event.target, "[data-consent-hold]")) event.preventDefault();
}

function followClick({ target }: Event) {
  const opens = part(target, "[data-consent-open]");
  if (opens) open(opens);
  const slip = part(target, "[data-consent-slip]");
  if (slip) agree(slip, "slip");
  part(target, "[data-consent-close]")?.closest("dialog")?.close();
}

function open(button: HTMLElement) {
  const sheet = button.parentElement?.querySelector("dialog");
  if (!sheet) return;
  for (const held of sheet.querySelectorAll<HTMLElement>("[data-consent-hold]")) {
    held.style.touchAction = "none";
    held.style.userSelect = "none";
  }
  show(sheet, 0);
  sheet.showModal();
}

function begin(target: EventTarget | null) {
  const button = part(target, "[data-consent-hold]");
  if (!button || hold) return false;
  const since = performance.now();
  hold = { button, since, timer: setInterval(advance, STEP_MS) };
  return true;
}

function advance() {
  if (!hold) return;
  const { button, since } = hold;
  const held = performance.now() - since;
  const sheet = button.closest("dialog");
  if (!sheet?.open) end();
  else if (held >= HOLD_MS) {
    end();
    agree(button, "device");
  } else show(sheet, held);
}

/** Released early: says what to do. */
function release() {
  const sheet = hold?.button.closest("dialog");
  end();
  if (!sheet) return;
  show(sheet, 0);
  const hint = sheet.querySelector<HTMLElement>("[data-consent-hint]");
  if (hint) hint.hidden = false;
}

function end() {
  if (hold) clearInterval(hold.timer);
  hold = null;
}

function show(sheet: HTMLDialogElement, held: number) {
  const progress = sheet.querySelector("progress");
  if (progress) progress.value = held;
  const hint = sheet.querySelector<HTMLElement>("[data-consent-hint]");
  if (hint) hint.hidden = true;
}

/** Notes in the form how the household agreed, and when; the draft is saved with it. */
function agree(button: HTMLElement, way: "device" | "slip") {
  const form = button.closest("form");
  if (!form) return;
  for (const [name, value] of Object.entries({ consent_at: new Date().toISOString(), consent_way: way })) {
    const input = form.elements.namedItem(name) as HTMLInputElement;
    input.value = value;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
  for (const note of form.querySelectorAll<HTMLElement>("[data-agreed]")) note.hidden = note.dataset.agreed !== way;
  button.closest("dialog")?.close();
  const phone = form.elements.namedItem("phone") as HTMLInputElement;
  // What was missing is there; a wrong number is said again when it is saved.
  form.querySelector("#phone-error")?.remove();
  phone.removeAttribute("aria-invalid");
  phone.removeAttribute("aria-describedby");
  phone.focus();
}

function part(target: EventTarget | null, selector: string) {
  return target instanceof Element ? target.closest<HTMLElement>(selector) : null;
}
