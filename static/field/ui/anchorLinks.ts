// Links to an anchor on the same page, as from an error to its field. They add no history entry, so that Back does not
// show a form again after it was saved.

const FIELDS = "input, select, textarea, button, a";

/** Adds the listeners, for all pages. */
export function followAnchorLinks() {
  document.addEventListener("click", goToAnchor);
}

function goToAnchor(event: Event) {
  const link = event.target instanceof Element ? event.target.closest('a[href^="#"]') : null;
  const target = link && document.getElementById(link.getAttribute("href")?.slice(1) ?? "");
  if (!target) return;
  event.preventDefault();
  const folded = target.closest("details");
  if (folded) folded.open = true;
  target.scrollIntoView();
  const field = target.matches(FIELDS) ? target : target.querySelector(FIELDS);
  if (field instanceof HTMLElement) field.focus({ preventScroll: true });
}
