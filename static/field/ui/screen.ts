// The page on screen: first paint, refresh on changes, the current tab in the bottom bar, scroll position on Back.

import { coalesced } from "../core/coalesced.ts";
import { localDay } from "../core/day.ts";
import { language } from "../core/strings.ts";
import { type Handle, respond } from "../server/interceptRequests.ts";
import { currentAccount } from "../store/accounts.ts";
import { subscribe } from "../store/changes.ts";
import { loadOpeningPage } from "../store/view/openingPages.ts";
import { type Htmx, mainElement, scrollToPosition, swapPage } from "./swapPage.ts";

/** Changes within so many milliseconds cause one refresh. */
const DEBOUNCE_MS = 120;
/** A refresh waits so many times as long as the last one took, so that most of the CPU is left for sync. */
const PAUSE_FACTOR = 3;
/** htmx follows Back and Forward within so many milliseconds. */
const TRAVERSAL_MS = 100;
/** How often the page was swapped. */
let swaps = 0;
/** So many frames after a long list is drawn, the rows around the screen have their heights. */
const SETTLING_FRAMES = 4;
/** A page in the background gets no animation frame: milliseconds until it is not waited for any longer. */
const FRAME_TIMEOUT_MS = 1_000;

/**
 * Shows the page of the address bar as it was rendered last, if it would show the same records now; resolves when it is
 * painted. False if there is no such page.
 */
export async function paintStored(): Promise<boolean> {
  const main = mainElement();
  const { title, language: shown, address } = main.dataset;
  // The worker has answered with it; or the server, at any address with the sign-in page: not for a phone with an account.
  const isHere = !address || address === location.pathname;
  if (title && shown === language && (isHere || !(await currentAccount()))) {
    await begin(main, title, address ? address + location.search : location.href);
    return true;
  }
  const account = await currentAccount();
  const stored = account && (await loadOpeningPage(account.account_id, location, localDay(new Date())));
  if (stored?.language !== language) return false;
  await paint(stored.html, location.href);
  return true;
}

/**
 * Shows the page of the address bar, without htmx; resolves when it is painted.
 * @param process called before anything on the page can be tapped: the browser would send its forms itself
 */
export async function firstPaint(handle: Handle, process?: (main: Element) => void) {
  let wanted: string, text: string, address: string;
  do {
    wanted = location.href;
    const rendered = await respond(handle, new Request(wanted));
    text = await rendered.response.text();
    address = rendered.address;
  } while (location.href !== wanted); // Back was tapped meanwhile
  // The fragment may be an invite code, which is in the form by now and belongs into no history.
  await paint(text, address === "/field/sign-in" ? address : address + location.hash, process);
}

async function paint(text: string, address: string, process?: (main: Element) => void) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const main = page.querySelector("main");
  if (!main) return;
  mainElement().replaceWith(document.adoptNode(main));
  await begin(main, page.title, address, process);
}

/** Makes a page that is in the document the one of this address; resolves when it is painted. */
async function begin(main: HTMLElement, title: string, address: string, process?: (main: Element) => void) {
  history.replaceState({ htmx: true }, "", address);
  document.title = title;
  process?.(main);
  markCurrentTab();
  const focus = main.querySelector("[autofocus]");
  // Somebody may be writing on a page that came with the document.
  if (focus instanceof HTMLElement && !main.contains(document.activeElement)) focus.focus();
  await painted();
}

/**
 * Returns a function whose result resolves when the page is painted that htmx is about to show; at once if it shows none.
 */
export function followSwaps(): () => Promise<unknown> {
  let swap: { painted: Promise<unknown> } | undefined;
  document.addEventListener("htmx:before:request", () => {
    const begun = { painted: nextSwap().then(painted) };
    swap = begun;
    void begun.painted.then(() => {
      if (swap === begun) swap = undefined;
    });
  });
  return () => swap?.painted ?? Promise.resolve();
}

/** Resolves when htmx has shown a page. */
function nextSwap() {
  return new Promise((resolve) => document.addEventListener("htmx:finally:swap", resolve, { once: true }));
}

/** Resolves after the next frame, or after FRAME_TIMEOUT_MS. */
function painted() {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, FRAME_TIMEOUT_MS);
  });
}

/**
 * Refreshes pages with data-live, which names the kinds of change to follow. Focus and scroll position stay.
 * @returns refreshes, whatever changed
 */
export function refreshOnChange(htmx: Htmx, handle: Handle): () => void {
  let lastDuration = 0;
  document.addEventListener("htmx:finally:swap", () => {
    swaps += 1;
  });
  const refreshSoon = coalesced(
    async () => {
      // The page for which it was scheduled may be gone, and a form in its place.
      if (!mainElement().dataset.live) return;
      const began = performance.now();
      await refresh(htmx, handle, refreshSoon);
      lastDuration = performance.now() - began;
    },
    () => Math.max(DEBOUNCE_MS, PAUSE_FACTOR * lastDuration),
  );
  subscribe(({ kind }) => {
    if (mainElement().dataset.live?.split(" ").includes(kind)) refreshSoon();
  });
  return refreshSoon;
}

/** Marks the current tab in the bottom bar. */
export function markCurrentTab() {
  const { tab } = mainElement().dataset;
  for (const link of document.querySelectorAll(".bar > a")) {
    if (link instanceof HTMLElement && link.dataset.tab === tab) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

/**
 * Follows Back and Forward: `repaint` shows the page where htmx does not, before it is ready and in WebKit now and
 * then; and the scroll position is restored. Browsers do not: some never for a page made by script, Chromium not when
 * the focused element is removed.
 */
export function followTraversals(repaint: () => Promise<void>) {
  const positions = new Map<string, ReturnType<typeof scrollPosition>>();
  let isRestoring = false;
  /** The entry whose page is on screen. Back changes the address before the page. */
  let shown = entryKey();
  /** The entry of the page that is being swapped in: Back may be tapped before that is done. */
  let swapped = shown;
  history.scrollRestoration = "manual";
  document.addEventListener("htmx:before:request", () => positions.set(shown, scrollPosition()));
  document.addEventListener("htmx:before:history:restore", () => {
    isRestoring = true;
  });
  const restore = async (key: string) => {
    shown = key;
    for (let frame = 0; frame < SETTLING_FRAMES && key === shown; frame += 1) {
      scrollToPosition(restoredPosition(positions.get(key)));
      await painted();
    }
  };
  for (const event of ["htmx:before:swap", "htmx:after:history:update"])
    document.addEventListener(event, () => {
      swapped = entryKey();
    });
  document.addEventListener("htmx:finally:swap", () => {
    shown = swapped;
    if (isRestoring) void restore(swapped);
    isRestoring = false;
  });
  addEventListener("popstate", () => {
    setTimeout(async () => {
      let key = entryKey();
      if (shown === key) return;
      do {
        key = entryKey();
        await repaint();
      } while (key !== entryKey()); // Back was tapped while it was painted
      await restore(key);
    }, TRAVERSAL_MS);
  });
}

/**
 * The position in pixels and, in a list, the id of a row near the top of the screen and its distance from the top: the
 * rows above it, which the browser does not lay out, may have another height when the list is made again.
 */
function scrollPosition() {
  const row = document.elementFromPoint(innerWidth / 2, innerHeight / 4)?.closest("li[id]");
  return { position: currentPosition(), id: row?.id ?? "", top: row?.getBoundingClientRect().top ?? 0 };
}

function restoredPosition(saved: ReturnType<typeof scrollPosition> | undefined) {
  const row = saved && document.getElementById(saved.id);
  return row ? currentPosition() + row.getBoundingClientRect().top - saved.top : (saved?.position ?? 0);
}

function currentPosition() {
  return mainElement().scrollTop || scrollY;
}

/** Focuses the element with data-focus, once, without scrolling. */
export function applyFocus() {
  const element = mainElement().querySelector("[data-focus]");
  if (!(element instanceof HTMLElement)) return;
  delete element.dataset.focus;
  element.focus({ preventScroll: true });
}

/** The key of the current history entry. */
function entryKey() {
  const { navigation } = window as unknown as { navigation?: { currentEntry: { key: string } } };
  return navigation?.currentEntry.key ?? location.href;
}

/**
 * Renders the page on screen again. Focus and scroll position stay.
 * @param again called instead if the page was swapped meanwhile: what was rendered may be older
 */
export function refresh(htmx: Htmx, handle: Handle, again?: () => void) {
  const main = mainElement();
  const before = location.href;
  const swapsBefore = swaps;
  // Not if the page has changed meanwhile, or shows a form's errors: a refresh would remove them.
  const isWanted = () =>
    (swaps === swapsBefore || Boolean(again?.())) &&
    location.href === before &&
    mainElement() === main &&
    !main.querySelector(".htmx-request:not(.rows ~ *), .error, .errors");
  return swapPage(htmx, handle, before, isWanted, "outerMorph");
}
