// Links to a place on the same page, as from an error to its field: they lead there without a step in the history, so
// that Back, once the form is saved, does not show it again.

const FIELDS = "input, select, textarea, button, a";

/** Begins to listen, for whatever page comes. */
export function followJumps() {
  document.addEventListener("click", jump);
}

/** @param {Event} event */
function jump(event) {
  const link = event.target instanceof Element ? event.target.closest('a[href^="#"]') : null;
  const place = link && document.getElementById(link.getAttribute("href")?.slice(1) ?? "");
  if (!place) return;
  event.preventDefault();
  const folded = place.closest("details");
  if (folded) folded.open = true;
  place.scrollIntoView();
  const field = place.matches(FIELDS) ? place : place.querySelector(FIELDS);
  if (field instanceof HTMLElement) field.focus({ preventScroll: true });
}
