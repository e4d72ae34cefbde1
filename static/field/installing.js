// Onto the home screen: what the browser offers is kept until somebody taps [Thêm vào màn hình chính].

import { STEPS } from "./device.js";
import { stopAsking } from "./store/asking.js";

/** @typedef {Event & {prompt: () => Promise<unknown>}} Offer Chromium's `beforeinstallprompt`; good for one question. */

/** @type {Offer | undefined} */
let offer;

/** Begins to listen: the browser offers once a page, some time after it has come up. */
export function keepOffer() {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offer = /** @type {Offer} */ (event);
  });
  addEventListener("appinstalled", stopAsking);
  document.addEventListener("click", install);
}

/**
 * Whether the app can get onto the home screen from here. A browser that has it there, or shows it from there, offers
 * nothing; an iPhone never does, but says whether it shows it from there.
 */
export function canInstall() {
  return Boolean(offer) || /** @type {any} */ (navigator).standalone === false;
}

/**
 * Straight from the tap, because browsers ask nobody who has not tapped just now. An iPhone shows the steps instead.
 * @param {Event} event
 */
function install({ target }) {
  const button = target instanceof Element ? target.closest("[data-install]") : null;
  if (!button) return;
  if (offer) {
    offer.prompt();
    offer = undefined;
    button.parentElement?.remove();
  } else {
    history.replaceState(history.state, "", STEPS);
    location.reload();
  }
}
