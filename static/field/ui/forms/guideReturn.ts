// Back from a guide, the form stands where it was left.

import { scrollerOf } from "../swapPage.ts";

/** The address of the guide that was opened from the form, and the distance of its link from the top of the screen. */
let opened: { href: string; top: number } | null = null;

/** Adds the listeners. */
export function returnFromGuides() {
  document.addEventListener("click", noteGuide);
  document.addEventListener("htmx:finally:swap", followSwap);
}

function noteGuide({ target }: Event) {
  const link = target instanceof Element ? target.closest("form.record .service a") : null;
  if (link) opened = { href: link.getAttribute("href") ?? "", top: link.getBoundingClientRect().top };
}

/** The first guide is opened before this module is there: its link is shown in the middle. */
function followSwap() {
  if (document.querySelector('[data-screen="guide"]')) {
    opened ??= { href: location.pathname + location.search, top: innerHeight / 2 };
    return;
  }
  const link = opened && document.querySelector(`form.record a[href="${opened.href}"]`);
  if (opened && link instanceof HTMLElement) {
    scrollerOf(link).scrollTop += link.getBoundingClientRect().top - opened.top;
    link.focus({ preventScroll: true });
  }
  opened = null;
}
