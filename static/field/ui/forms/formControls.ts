// Conveniences of the visit form. The form also works without them.

import { dayText } from "../../pages/formats.ts";
import { followRepeated, repeatVisit } from "./repeatVisit.ts";

const MAX_PEOPLE = 20;
/** Two taps that are meant as one: milliseconds between them, and the distance in pixels. */
const DOUBLE_TAP_MS = 700;
const DOUBLE_TAP_PX = 24;

/** Where and when the newest tap was. */
let tap = { timeStamp: Number.NEGATIVE_INFINITY, clientX: 0, clientY: 0 };
/** Whether the page was swapped since that tap. */
let swapped = false;

/**
 * Adds the listeners, for all pages.
 * @param process readies an element for htmx that was not in the page
 */
export function enhanceForms(process: (element: Element) => void) {
  document.addEventListener("click", dropSecondTap, { capture: true });
  document.addEventListener("htmx:finally:swap", () => {
    swapped = true;
  });
  document.addEventListener("click", stepPeople);
  document.addEventListener("change", (event) => followChoice(event, process));
}

/**
 * Drops the second of two quick taps if the page was swapped between them: it was meant for the page before. `detail`
 * counts the clicks of a mouse but, on iPhones, not those of a finger: there the distance decides. Clicks by keyboard
 * and scripts have a `detail` of 0.
 * @param event `pointerType` is not in every browser
 */
function dropSecondTap(event: MouseEvent & { pointerType?: string }) {
  const { timeStamp, clientX, clientY, detail, pointerType } = event;
  if (detail === 0) return;
  const near = Math.hypot(clientX - tap.clientX, clientY - tap.clientY) < DOUBLE_TAP_PX;
  const again = pointerType === "mouse" ? detail > 1 : near;
  if (swapped && again && timeStamp - tap.timeStamp < DOUBLE_TAP_MS) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  tap = { timeStamp, clientX, clientY };
  swapped = false;
}

/** The − and + buttons of the number of people. */
function stepPeople({ target }: Event) {
  const button = target instanceof Element ? target.closest("[data-step-by]") : null;
  const input = button?.parentElement?.querySelector("input");
  if (!(button instanceof HTMLElement) || !input) return;
  const value = (Number.parseInt(input.value, 10) || 0) + Number(button.dataset.stepBy);
  input.value = String(Math.min(Number(input.dataset.most ?? MAX_PEOPLE), Math.max(1, value)));
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function followChoice({ target }: Event, process: (element: Element) => void) {
  if (!(target instanceof HTMLInputElement) || !target.form) return;
  const { form, name, value } = target;
  // What it opens comes to where the finger is: a second tap would choose an outcome.
  if (repeatVisit(form, target)) swapped = true;
  if (name === "service") placeDetail(target, process);
  if (!name) placeOthers(target);
  if (name === "service" && target.checked) chooseHelped(form);
  if (name === "result")
    placeFollowUp(form, value === "come_back" || (value === "not_home" && form.querySelector(".due") !== null));
  if (name === "follow_up" && value === "pick") pickDay(form);
  if (name === "follow_up_on") showDay(form, value);
  followRepeated(form);
}

/**
 * Takes what belongs to a service out of its template while the service is chosen, so that the form has no values of
 * others, and puts it back with what was entered.
 */
function placeDetail({ checked, parentElement }: HTMLInputElement, process: (element: Element) => void) {
  const part = parentElement?.nextElementSibling;
  if (checked && part instanceof HTMLTemplateElement) {
    const [detail] = part.content.children;
    part.replaceWith(detail);
    process(detail);
  } else if (!checked && part?.classList.contains("detail")) {
    const template = document.createElement("template");
    part.replaceWith(template);
    template.content.append(part);
  }
}

/**
 * Takes the choices behind *Việc khác* out of their template. They stay: what is chosen there is saved when it is
 * closed again.
 */
function placeOthers({ parentElement }: HTMLInputElement) {
  const template = parentElement?.nextElementSibling;
  if (template instanceof HTMLTemplateElement) template.replaceWith(template.content);
}

/** Choosing a service chooses the result *Đã hỗ trợ*, unless a result is chosen already. */
function chooseHelped(form: HTMLFormElement) {
  const helped = form.querySelector('[name="result"][value="helped"]');
  if (helped instanceof HTMLInputElement && !form.querySelector('[name="result"]:checked')) helped.checked = true;
}

/** Moves the follow-up days: open below the results if the result asks for a day, else to the end of the form. */
function placeFollowUp(form: HTMLFormElement, isAsked: boolean) {
  const followUp = form.querySelector("details.follow-up");
  if (!(followUp instanceof HTMLDetailsElement)) return;
  if (isAsked) {
    form.querySelector("#result")?.after(followUp);
    followUp.open = true;
  } else form.querySelector(".extras")?.append(followUp);
}

function pickDay(form: HTMLFormElement) {
  const input = form.querySelector('[name="follow_up_on"]');
  if (!(input instanceof HTMLInputElement)) return;
  input.focus();
  try {
    input.showPicker();
  } catch {
    // Not in every browser, and only directly after a tap. The field can still be tapped.
  }
}

/** Shows the day as dd/MM/yyyy: the date field uses the phone's own language. */
function showDay(form: HTMLFormElement, day: string) {
  const output = form.querySelector('output[for="follow_up_on"]');
  if (output) output.textContent = day ? dayText(day) : "";
}
