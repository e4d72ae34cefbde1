// Keys that stand on links of a page: the neighbours of *Một ngày*, and the day of a group on *Cần xem*. They work while
// focus is there, and on *Một ngày* also on a page on which nothing has it (WCAG 2.1.4).

const PLACES = "#person-day, .groups > li";

export function onLinkKey(event: KeyboardEvent) {
  const here = event.target;
  if (!(here instanceof Element) || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (here.matches("input, select, textarea")) return;
  const place = here.closest(PLACES) ?? (here.matches("body, #main") && document.getElementById("person-day"));
  if (!place) return;
  const link = place.querySelector(`a[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!(link instanceof HTMLElement)) return;
  event.preventDefault();
  link.click();
}
