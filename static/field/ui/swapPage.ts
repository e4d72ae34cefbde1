// Replacing the page on screen by another one.

import { type Handle, respond } from "../server/interceptRequests.ts";

/** What the app calls of htmx, which has no types. */
export type Htmx = {
  initialize: () => void;
  process: (element: Element) => void;
  swap: (what: { text: string; target: Element; swap: string; sourceElement: Element }) => Promise<void>;
};

/**
 * Replaces the page by that of an address, without a history entry, if `isWanted` still holds once it is rendered. On a
 * refresh of the same page focus stays.
 * @param same how htmx swaps the same page
 */
export async function swapPage(
  htmx: Htmx,
  handle: Handle,
  path: string,
  isWanted: () => boolean,
  same: string = "outerSync",
) {
  const { response, address } = await respond(handle, new Request(new URL(path, location.href)));
  const text = await response.text();
  if (!isWanted()) return;
  const moved = address !== location.pathname + location.search;
  if (moved) {
    scrollToPosition(0);
    history.replaceState({ htmx: true }, "", address);
  }
  await htmx.swap({
    text: moved ? text : text.replaceAll(" autofocus", ""),
    target: mainElement(),
    swap: moved ? "outerSync" : same,
    sourceElement: document.body,
  });
}

/** The element with the page. */
export function mainElement() {
  return document.getElementById("main") as HTMLElement;
}

/** The page scrolls between header and bottom bar, or, with large letters, as a whole. */
export function scrollToPosition(position: number) {
  mainElement().scrollTop = position;
  scrollTo(0, position);
}

/** The sheet scrolls above *Lưu*, or, with large letters, the page as a whole. */
export function scrollerOf(element: Element): Element {
  const sheet = element.closest(".sheet");
  const scrolls = sheet && getComputedStyle(sheet).overflowY === "auto";
  return scrolls ? sheet : (document.scrollingElement as Element);
}
