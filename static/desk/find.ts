// *Tìm*: Ctrl K, or its link, opens it above any page, which stays as it is. Arrows move through what was found, Enter opens
// the first.

import htmx from "htmx.org";

function dialog() {
  return document.getElementById("find") as HTMLDialogElement | null;
}

/** Whether the page has *Tìm* and nothing covers it. A closed dialog leaves the page. */
function open() {
  const template = document.getElementById("find-box");
  if (!(template instanceof HTMLTemplateElement) || document.querySelector("dialog.lock[open]")) return false;
  if (!dialog()) {
    document.body.append(template.content.cloneNode(true));
    const box = dialog() as HTMLDialogElement;
    htmx.process(box);
    box.addEventListener("close", () => box.remove());
    box.showModal();
  }
  field(dialog() as Element).select();
  return true;
}

const field = (box: Element) => box.querySelector("input") as HTMLInputElement;

export function onFindKey(event: KeyboardEvent) {
  if (event.isComposing) return;
  if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) {
    if (open()) event.preventDefault();
    return;
  }
  const box = dialog();
  if (!box?.open || !(event.target instanceof Element) || !box.contains(event.target)) return;
  const places = [field(box), ...box.querySelectorAll("#found a")] as HTMLElement[];
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  places[(places.indexOf(event.target as HTMLElement) + by + places.length) % places.length]?.focus();
}

export function onFindClick(event: Event) {
  const { target } = event;
  if (!(target instanceof Element)) return;
  if (target === dialog()) dialog()?.close(); // beside it
  if (target.closest("a[data-find]") && open()) event.preventDefault();
}

/** Enter opens the first that was found; nothing is sent, because the answer is there already. */
export function onFindSubmit(event: Event) {
  const box = dialog();
  if (!box || !(event.target instanceof Element) || !box.contains(event.target)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  (box.querySelector("#found a") as HTMLElement | null)?.click();
}
