// On the visit form: what a tap opens is scrolled into view, and the tapped control stays where it is.

import { scrollerOf } from "./swapPage.ts";

/** Between what was opened and the edge of the screen, pixels. */
const GAP = 8;

/** What a choice opens, by name and value of the control. Of a long part only its beginning has to be in view. */
const OPENED: Record<string, string> = {
  "result helped": "#services > legend, #services .chip",
  "result come_back": "details.follow-up",
  "result not_home": "#result + .follow-up",
  "follow_up pick": ".picked",
};

/** The control that was pressed last, and its distance from the top of the screen. */
let pressed: { control: Element | null; top: number } = { control: null, top: 0 };

/** Adds the listeners, after those that change the form. */
export function revealOpened() {
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, notePress, { capture: true });
  document.addEventListener("change", followChoice);
  document.addEventListener("toggle", followToggle, { capture: true });
}

/** Scrolls until the elements are in view, but no further than until the control is at the top. */
export function reveal(control: Element, elements: Element[]) {
  const boxes = elements.map((one) => one.getBoundingClientRect()).filter(({ height }) => height);
  const scroller = scrollerOf(control);
  const isPage = scroller === document.scrollingElement;
  const { top, bottom } = isPage ? { top: 0, bottom: innerHeight } : scroller.getBoundingClientRect();
  const missing = Math.max(...boxes.map((box) => box.bottom)) + GAP - bottom;
  const room = control.getBoundingClientRect().top - GAP - top;
  if (missing > 0 && room > 0) scroller.scrollTop += Math.min(missing, room);
}

function notePress({ target }: Event) {
  const control = target instanceof Element ? controlOf(target) : null;
  pressed = { control, top: control?.getBoundingClientRect().top ?? 0 };
}

function followChoice({ target }: Event) {
  if (!(target instanceof HTMLInputElement) || !target.form?.matches(".record")) return;
  const control = controlOf(target);
  stay(control);
  if (!target.checked) return;
  // The services of the visit before are further down than the chip that chose them.
  const repeated = target.matches("[data-repeat]") && target.form.querySelector(".detail")?.parentElement;
  if (repeated) reveal(repeated.children[0], [...repeated.children]);
  else reveal(control, openedBy(target));
}

function followToggle({ target }: Event) {
  if (!(target instanceof HTMLDetailsElement && target.open && target.closest("form.record"))) return;
  const summary = target.firstElementChild as Element;
  // It also fires for a part that was open when the page came, of which only the one to mend has to be in view.
  if (summary === pressed.control || target.matches(".marked")) reveal(summary, [target]);
}

/** What choosing this input opened. */
function openedBy(input: HTMLInputElement): Element[] {
  const { form, name, value } = input;
  if (name === "service") return [...(input.closest(".service")?.children ?? [])];
  if (!name) return [...(controlOf(input).parentElement?.querySelectorAll(":scope > .others ~ *") ?? [])];
  const selector = OPENED[`${name} ${value}`];
  return selector ? [...(form?.querySelectorAll(selector) ?? [])].slice(0, 2) : [];
}

/**
 * Scrolls so that the control is where it was when it was pressed: if the page became shorter, the browser has moved
 * it.
 */
function stay(control: Element) {
  const sheet = control.closest(".sheet");
  const last = sheet?.lastElementChild;
  if (!(sheet instanceof HTMLElement) || !last) return;
  sheet.style.paddingBlockEnd = "";
  const moved = control === pressed.control ? control.getBoundingClientRect().top - pressed.top : 0;
  const room = sheet.getBoundingClientRect().bottom - last.getBoundingClientRect().bottom;
  if (moved > 0) sheet.style.paddingBlockEnd = `${Math.max(room, 0) + moved}px`;
  if (moved) scrollerOf(control).scrollTop += moved;
}

/** The chip or heading that a finger sees, or the element itself. */
function controlOf(element: Element) {
  return element.closest(".chip, summary") ?? element;
}
