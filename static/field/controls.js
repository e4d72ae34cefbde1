// Small help on the recording screen. Without it the form is still a form.

import { dayText } from "./pages/formats.js";

const MOST_PEOPLE = 20;
/** Two taps of one finger, meant as one: milliseconds between them, pixels apart. */
const DOUBLE_TAP = 700;
const FINGER = 24;

/** Where and when the newest tap was. */
let tap = { timeStamp: Number.NEGATIVE_INFINITY, clientX: 0, clientY: 0 };
/** Whether another page has come up under the finger since. */
let swapped = false;

/** Begins to listen, for whatever page comes. */
export function helpForms() {
  document.addEventListener("click", dropSecondTap, { capture: true });
  document.addEventListener("htmx:finally:swap", () => {
    swapped = true;
  });
  document.addEventListener("click", stepPeople);
  document.addEventListener("change", followChoice);
}

/**
 * The second of two quick taps was meant for what stood there before. A mouse's clicks are counted in `detail`; a
 * finger's are not on iPhones, so place tells. Keys and scripts click with a `detail` of 0.
 * @param {MouseEvent & {pointerType?: string}} event not every browser has the kind of pointer
 */
function dropSecondTap(event) {
  const { timeStamp, clientX, clientY, detail, pointerType } = event;
  if (detail === 0) return;
  const near = Math.hypot(clientX - tap.clientX, clientY - tap.clientY) < FINGER;
  const again = pointerType === "mouse" ? detail > 1 : near;
  if (swapped && again && timeStamp - tap.timeStamp < DOUBLE_TAP) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  tap = { timeStamp, clientX, clientY };
  swapped = false;
}

/**
 * The number's − and +.
 * @param {Event} event
 */
function stepPeople({ target }) {
  const button = target instanceof Element ? target.closest("[data-step-by]") : null;
  const input = button?.parentElement?.querySelector("input");
  if (!(button instanceof HTMLElement) || !input) return;
  const value = (Number.parseInt(input.value, 10) || 0) + Number(button.dataset.stepBy);
  input.value = String(Math.min(MOST_PEOPLE, Math.max(1, value)));
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

/** @param {Event} event */
function followChoice({ target }) {
  if (!(target instanceof HTMLInputElement) || !target.form) return;
  const { form, name, value } = target;
  if (name === "service" && target.checked) impliesHelp(form);
  if (name === "result") placePromise(form, value === "come_back");
  if (name === "follow_up" && value === "pick") pickDay(form);
  if (name === "follow_up_on") sayDay(form, value);
}

/**
 * Naming a service says that help was given, unless another result was chosen.
 * @param {HTMLFormElement} form
 */
function impliesHelp(form) {
  const helped = form.querySelector('[name="result"][value="helped"]');
  if (helped instanceof HTMLInputElement && !form.querySelector('[name="result"]:checked')) helped.checked = true;
}

/**
 * The days stand open under *Hẹn quay lại* where that is the result, and else at the end, as the page is drawn.
 * @param {HTMLFormElement} form
 * @param {boolean} isResult
 */
function placePromise(form, isResult) {
  const promise = form.querySelector("details.promise");
  if (!(promise instanceof HTMLDetailsElement)) return;
  if (isResult) {
    form.querySelector("#result")?.after(promise);
    promise.open = true;
  } else form.querySelector(".extras")?.append(promise);
}

/** @param {HTMLFormElement} form */
function pickDay(form) {
  const input = form.querySelector('[name="follow_up_on"]');
  if (!(input instanceof HTMLInputElement)) return;
  input.focus();
  try {
    input.showPicker();
  } catch {
    // Not everywhere, and only straight after a tap: the field is there to be tapped.
  }
}

/**
 * The phone's own language writes the field; this is how everybody here reads it.
 * @param {HTMLFormElement} form
 * @param {string} day
 */
function sayDay(form, day) {
  const said = form.querySelector('output[for="follow_up_on"]');
  if (said) said.textContent = day ? dayText(day) : "";
}
