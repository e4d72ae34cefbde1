// The visit that stands open beside the list.

/** The list's link of the open visit, if that visit is on this page of the list. */
export function openLink() {
  const id = /** @type {HTMLElement | null} */ (document.querySelector("#panel [data-visit]"))?.dataset.visit;
  return id ? document.getElementById(`open-${id}`) : null;
}

/** After a swap: mark the open visit in the list, say what it is, and move focus to it. */
export function mark() {
  const link = openLink();
  for (const other of document.querySelectorAll("#visits [aria-current]")) {
    if (other !== link) other.removeAttribute("aria-current");
  }
  link?.setAttribute("aria-current", "true");
  link?.scrollIntoView({ block: "nearest" });
  const door = document.getElementById("visit-door");
  if (!door) return;
  const state = document.querySelector("#panel .verdict .step")?.textContent ?? "";
  const said = document.getElementById("said");
  if (said) said.textContent = `${door.textContent}: ${state}`;
  if (!document.activeElement?.matches("#panel [autofocus]")) door.focus({ preventScroll: true });
  if (!document.querySelector("#visits")?.checkVisibility()) document.getElementById("panel")?.scrollIntoView();
}

/** Close the panel: the list as it was, its address, and focus on the visit that was open. */
export function close() {
  const link = openLink();
  const way = /** @type {HTMLAnchorElement | null} */ (document.querySelector("#panel a[data-close]"));
  if (!way) return;
  document.getElementById("panel")?.replaceChildren();
  history.pushState({ htmx: true }, "", way.href);
  document.title = document.title.split(" – ").slice(-2).join(" – ");
  link?.removeAttribute("aria-current");
  (link ?? document.getElementById("visits"))?.focus();
}
