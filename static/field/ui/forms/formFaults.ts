// The faults of a form, each said at its place: the first one is shown and has the focus, each disappears as soon as it
// is mended, and the number of an identity card in a visit's note is pointed out while it is typed.

import { maskIdNumbers } from "../../core/idNumbers.ts";
import { localDay } from "../../pages/formats.ts";
import { checkEntry, parseEntry } from "../../pages/visits/visitEntry.ts";
import { reveal } from "../reveal.ts";

/** Adds the listeners. */
export function followFaults() {
  document.addEventListener("htmx:finally:swap", showFirstFault);
  for (const kind of ["input", "change"]) document.addEventListener(kind, update);
}

function showFirstFault() {
  const fault = document.querySelector('form[method="post"] .error');
  const place = fault?.closest("fieldset, details, .field");
  const field = fault?.parentElement?.querySelector("input, textarea");
  if (!place || !(field instanceof HTMLElement) || document.querySelector(".errors")) return;
  if (place instanceof HTMLDetailsElement) place.open = true;
  const start = place.closest(".service")?.firstElementChild ?? place;
  start.scrollIntoView({ block: "nearest" });
  reveal(start, [place]);
  field.focus({ preventScroll: true });
}

function update({ target }: Event) {
  const form = target instanceof Element ? target.closest("form") : null;
  if (!form?.matches(".record")) return removeAnswered(target);
  const entry = parseEntry(new URLSearchParams(new FormData(form) as unknown as Record<string, string>));
  const faults = checkEntry(entry, localDay(new Date()));
  for (const sentence of form.querySelectorAll(".error"))
    if (!faults[sentence.id.replace(/-error$/, "")]) removeFault(form, sentence);
  const note = form.querySelector("#note");
  if (note === target) pointOutDigits(form, entry.note);
}

/**
 * In a form whose rules are not known here: that nothing was chosen or written is mended by a choice or a word. What
 * was written wrong stays marked until it is saved again.
 */
function removeAnswered(target: EventTarget | null) {
  if (!(target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement)) return;
  const place = target.closest('form[method="post"] :is(fieldset, .field)');
  const sentence = place?.querySelector(".error");
  const isAnswer = place?.matches("fieldset") || (target.defaultValue === "" && target.value.trim() !== "");
  if (place && sentence && isAnswer) removeFault(place, sentence);
}

function removeFault(place: Element, sentence: Element) {
  const about = `[aria-describedby~="${sentence.id}"]`;
  const field = place.matches(about) ? place : place.querySelector(about);
  field?.removeAttribute("aria-invalid");
  field?.removeAttribute("aria-describedby");
  sentence.remove();
}

function pointOutDigits(form: HTMLFormElement, note: string) {
  const notice = form.querySelector("#note-digits");
  if (!(notice instanceof HTMLElement)) return;
  notice.hidden = maskIdNumbers(note) === note || form.querySelector("#note-error") !== null;
  if (!notice.hidden) reveal(notice, [notice]);
}
