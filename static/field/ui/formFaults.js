// The faults of the visit form: the first one is shown and has the focus, each disappears as soon as it is mended, and a
// long number in the note is pointed out while it is typed.

import { localDay } from "../pages/formats.js";
import { hasLongNumber } from "../pages/labels.js";
import { checkEntry, parseEntry } from "../pages/visits/visitEntry.js";
import { reveal } from "./reveal.js";

/** Adds the listeners. */
export function followFaults() {
  document.addEventListener("htmx:finally:swap", showFirstFault);
  for (const kind of ["input", "change"]) document.addEventListener(kind, update);
}

function showFirstFault() {
  const fault = document.querySelector("form.record .error");
  const place = fault?.closest("fieldset, details");
  const field = fault?.parentElement?.querySelector("input, textarea");
  if (!place || !(field instanceof HTMLElement) || document.querySelector(".errors")) return;
  if (place instanceof HTMLDetailsElement) place.open = true;
  const start = place.closest(".service")?.firstElementChild ?? place;
  start.scrollIntoView();
  reveal(start, [place]);
  field.focus({ preventScroll: true });
}

/** @param {Event} event */
function update({ target }) {
  const form = target instanceof Element ? target.closest("form.record") : null;
  if (!(form instanceof HTMLFormElement)) return;
  const entry = parseEntry(new URLSearchParams(/** @type {any} */ (new FormData(form))));
  removeMended(form, checkEntry(entry, localDay(new Date())));
  const note = form.querySelector("#note");
  if (note === target) pointOutDigits(form, entry.note);
}

/**
 * @param {HTMLFormElement} form
 * @param {Record<string, string>} faults that are left, by field
 */
function removeMended(form, faults) {
  for (const sentence of form.querySelectorAll(".error")) {
    if (faults[sentence.id.replace(/-error$/, "")]) continue;
    const field = form.querySelector(`[aria-describedby~="${sentence.id}"]`);
    field?.removeAttribute("aria-invalid");
    field?.removeAttribute("aria-describedby");
    sentence.remove();
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {string} note
 */
function pointOutDigits(form, note) {
  const notice = form.querySelector("#note-digits");
  if (!(notice instanceof HTMLElement)) return;
  notice.hidden = !hasLongNumber(note) || form.querySelector("#note-error") !== null;
  if (!notice.hidden) reveal(notice, [notice]);
}
