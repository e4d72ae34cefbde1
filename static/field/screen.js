// What is on screen: the first page, pages that follow what changes, marks in the bottom bar, where one was on Back.

import { answer } from "./host.js";
import { subscribe } from "./store/changes.js";

/** @typedef {import("./host.js").Handle} Handle */

/** Changes come in flocks; one look at the end is enough. Milliseconds. */
const SETTLE = 120;
/** While changes go on, a look waits so many times as long as the last one took: sending has the rest of the phone. */
const SHARE = 3;
/** A frame that has not come after this, milliseconds, is one of a page that nobody looks at. */
const UNSEEN = 1_000;

/**
 * Puts the page of the address bar on screen, without htmx; done when it can be seen.
 * @param {Handle} handle
 */
export async function firstPaint(handle) {
  const { response, address } = await answer(handle, new Request(location.href));
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const main = page.querySelector("main");
  if (!main) return;
  history.replaceState({ htmx: true }, "", address + location.hash);
  document.title = page.title;
  mainElement().replaceWith(document.adoptNode(main));
  markTab();
  const focus = main.querySelector("[autofocus]");
  if (focus instanceof HTMLElement) focus.focus();
  await painted();
}

/** Waits for the frame that shows what was changed; where nobody looks there is none, and it is not waited for long. */
function painted() {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, UNSEEN);
  });
}

/**
 * Keeps pages with data-live up to date: it names the kinds of change to follow. Focus and scroll stay.
 * @param {any} htmx
 * @param {Handle} handle
 * @returns {() => void} looks at once, whatever changed
 */
export function followChanges(htmx, handle) {
  let soon = false;
  let took = 0;
  const look = () => {
    if (soon) return;
    soon = true;
    setTimeout(
      async () => {
        soon = false;
        const began = performance.now();
        await refresh(htmx, handle);
        took = performance.now() - began;
      },
      Math.max(SETTLE, SHARE * took),
    );
  };
  subscribe(({ kind }) => {
    if (mainElement().dataset.live?.split(" ").includes(kind)) look();
  });
  return () => {
    if (mainElement().dataset.live) look();
  };
}

/** Marks where one is in the bottom bar. */
export function markTab() {
  const { tab } = mainElement().dataset;
  for (const link of document.querySelectorAll(".bar > a")) {
    if (link instanceof HTMLElement && link.dataset.tab === tab) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

/**
 * Brings back, on Back and Forward, the place one had scrolled to. Browsers do not: some never for a page made by script,
 * Chromium not when what had the focus is gone.
 */
export function keepPlaces() {
  /** @type {Map<string, number>} */
  const places = new Map();
  let coming = false;
  history.scrollRestoration = "manual";
  const note = () => void (coming || places.set(entryKey(), mainElement().scrollTop || scrollY));
  document.addEventListener("scroll", note, { capture: true, passive: true });
  // The event of the last bit comes a frame late: too late, if one goes on at once.
  document.addEventListener("htmx:before:request", note);
  document.addEventListener("htmx:before:history:restore", () => {
    coming = true;
  });
  document.addEventListener("htmx:finally:swap", () => {
    if (coming) goTo(places.get(entryKey()) ?? 0);
    coming = false;
  });
}

/** Where a page says so (data-focus), focus goes there, once, and the page does not move. */
export function keepFocus() {
  const place = mainElement().querySelector("[data-focus]");
  if (!(place instanceof HTMLElement)) return;
  delete place.dataset.focus;
  place.focus({ preventScroll: true });
}

/**
 * The page scrolls between header and bottom bar, or, with large letters, as a whole.
 * @param {number} place
 */
function goTo(place) {
  mainElement().scrollTop = place;
  scrollTo(0, place);
}

/** Names the entry of the history one is at. */
function entryKey() {
  const { navigation } = /** @type {{navigation?: {currentEntry: {key: string}}}} */ (/** @type {unknown} */ (window));
  return navigation?.currentEntry.key ?? location.href;
}

/**
 * @param {any} htmx
 * @param {Handle} handle
 */
function refresh(htmx, handle) {
  const main = mainElement();
  const before = location.href;
  // Somebody has gone on meanwhile, or is told what to mend: a page asked for before must not wipe that away.
  const still = () =>
    location.href === before && mainElement() === main && !main.querySelector(".htmx-request, .error, .errors");
  return turnTo(htmx, handle, before, still, "outerMorph");
}

/**
 * Puts the page of an address in the place of this one, without a step in the history, if it is `still` wanted once it is
 * read. The same page comes up anew quietly: focus stays.
 * @param {any} htmx
 * @param {Handle} handle
 * @param {string} asked
 * @param {() => boolean} still
 * @param {string} [same] how htmx swaps the same page
 */
export async function turnTo(htmx, handle, asked, still, same = "outerSync") {
  const { response, address } = await answer(handle, new Request(new URL(asked, location.href)));
  const text = await response.text();
  if (!still()) return;
  const moved = address !== location.pathname + location.search;
  if (moved) goTo(0);
  if (moved) history.replaceState({ htmx: true }, "", address);
  await htmx.swap({
    text: moved ? text : text.replaceAll(" autofocus", ""),
    target: mainElement(),
    swap: moved ? "outerSync" : same,
    sourceElement: document.body,
  });
  markTab();
}

function mainElement() {
  return /** @type {HTMLElement} */ (document.getElementById("main"));
}
