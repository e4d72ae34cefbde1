// The visit that is open beside the list.

/** The list's link of the open visit, if that visit is on this page of the list. */
export function openLink() {
  const id = (document.querySelector("#panel [data-visit]") as HTMLElement | null)?.dataset.visit;
  return id ? document.getElementById(`open-${id}`) : null;
}

/** Whether a visit is open. */
export const isOpen = () => document.querySelector("#panel [data-visit]") !== null;

/** The link of the visit below a row or above it; its own at the end of the page. */
export function neighbourOf(row: Element, by: 1 | -1) {
  const links = [...document.querySelectorAll('#visits tbody [id^="open-"]')] as HTMLElement[];
  const now = links.findIndex((link) => link.closest("tr") === row);
  return links[Math.min(Math.max(now + by, 0), links.length - 1)];
}

/** After a decision: chooses the next visit of the list. The panel still has the decided one, with its *Hoàn tác*. */
export function chooseNext() {
  const link = openLink();
  const row = link?.closest("tr");
  const next = row && neighbourOf(row, 1);
  if (!next || next === link || !next.checkVisibility()) return;
  next.focus();
}

/**
 * Makes room for the panel, or takes it back: an attribute, because with `:has(#panel > *)` the browser styles all rows
 * again at every visit that is opened.
 */
function showPanel() {
  const panel = document.getElementById("panel");
  panel?.closest(".dense")?.toggleAttribute("data-open", panel.childElementCount > 0);
}

/** Marks the open visit in the list. Its link. */
export function markLink() {
  const link = openLink();
  for (const other of document.querySelectorAll("#visits [aria-current]")) {
    if (other !== link) other.removeAttribute("aria-current");
  }
  link?.setAttribute("aria-current", "true");
  return link;
}

/** After a swap: marks the open visit in the list, announces it, and moves focus to it. */
export function mark() {
  showPanel();
  markLink()?.scrollIntoView({ block: "nearest" });
  const heading = document.getElementById("visit-household");
  if (!heading) return;
  const state = document.querySelector("#panel .verdict .step")?.textContent ?? "";
  const announcement = document.getElementById("announcement");
  if (announcement) announcement.textContent = `${heading.textContent}: ${state}`;
  if (!document.activeElement?.matches("#panel [autofocus]")) heading.focus({ preventScroll: true });
  if (!document.querySelector("#visits")?.checkVisibility()) document.getElementById("panel")?.scrollIntoView();
}

/** Closes the panel: restores the list's address, and focuses the link of the visit that was open. */
export function close() {
  const link = openLink();
  const closeLink = document.querySelector("#panel a[data-close]") as HTMLAnchorElement | null;
  if (!closeLink) return;
  document.getElementById("panel")?.replaceChildren();
  showPanel();
  history.pushState({ htmx: true }, "", closeLink.href);
  document.title = document.title.split(" – ").slice(-2).join(" – ");
  link?.removeAttribute("aria-current");
  (link ?? document.getElementById("visits"))?.focus();
}
