// What kind of phone and browser this is. Runs before the app, so it uses only syntax that old browsers know.

/** User agents of browsers inside other apps. Their storage is separate from the phone's browser, or short-lived. */
const IN_APP = /Zalo|FBA[NV]|Instagram|musical_ly|Bytedance|TikTok|; wv\)/i;

/** Set in localStorage when a person chooses to use the app in Safari. */
export const STAY_KEY = "tung-nha-here";
/** Set in localStorage while this phone carries files for others. */
export const CARRIES = "tung-nha-carries";
/** The name of a tab that practises (core/pageState.ts). */
export const PRACTICE = "tap-dung";
/** The hash of an address that shows the steps to the home screen even so. */
export const STEPS_HASH = "#home";

/**
 * Why the app cannot run here, or an empty text. `insecure`: the address is not HTTPS, so no browser has storage for
 * it; `browser`: it is inside another app, or has no service worker or database; `old`: it is too old; `home`: it is
 * Safari on an iPhone, where the app has to be on the home screen first, unless the person has chosen otherwise.
 * `localStorage` is only read on an iPhone: where it is blocked, the app itself says so.
 */
export function unsupportedReason(
  view: Pick<Window, "isSecureContext" | "indexedDB" | "location" | "localStorage"> & {
    navigator: Navigator & { standalone?: boolean };
    crypto: Crypto;
  },
): "" | "insecure" | "browser" | "old" | "home" {
  const { isSecureContext, navigator, indexedDB, crypto, location } = view;
  if (isSecureContext === false) return "insecure";
  if (!navigator.serviceWorker || !indexedDB || IN_APP.test(navigator.userAgent)) return "browser";
  // Every browser from Chrome 93, Safari 15.4 and Firefox 95 on has both; the build is made for no older one.
  if (!("randomUUID" in crypto && "hasOwn" in Object)) return "old";
  // Only Safari on an iPhone has `standalone`.
  const inSafari = navigator.standalone === false;
  return inSafari && (location.hash === STEPS_HASH || !view.localStorage.getItem(STAY_KEY)) ? "home" : "";
}

/** The operating system. An iPad's user agent is a Mac's, but no Mac has a touch screen. */
export function systemOf({
  userAgent,
  maxTouchPoints,
}: Pick<Navigator, "userAgent" | "maxTouchPoints">): "android" | "iphone" | "other" {
  if (/iPhone|iPad|iPod/.test(userAgent) || (userAgent.includes("Macintosh") && maxTouchPoints > 1)) return "iphone";
  return userAgent.includes("Android") ? "android" : "other";
}
