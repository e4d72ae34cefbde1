// What kind of phone and browser this is. Asked before anything else runs, so in words that old browsers know.

/** What browsers inside other applications call themselves. What they keep is apart from the phone's browser, or short-lived. */
const IN_APP = /Zalo|FBA[NV]|Instagram|musical_ly|Bytedance|TikTok|; wv\)/i;

/** Where it is remembered that somebody wants the app in Safari. */
export const HERE = "tungnha-here";
/** The end of an address that asks for the steps to the home screen nevertheless. */
export const STEPS = "#home";

/**
 * Why nothing can be recorded here, or an empty text: the address is not safe (then no browser would keep anything), the
 * browser lives inside another application or keeps nothing when the network is away, or it is too old; or it is an
 * iPhone's Safari, where the home screen comes first, unless somebody has said that it should be here. `localStorage` is
 * touched on an iPhone only: where it is forbidden, the app itself says so.
 * @param {Pick<Window, "isSecureContext" | "indexedDB" | "location" | "localStorage"> & {navigator: any, crypto: Crypto}} view
 * @returns {"" | "insecure" | "browser" | "old" | "home"}
 */
export function whyNot(view) {
  const { isSecureContext, navigator, indexedDB, crypto, location } = view;
  if (isSecureContext === false) return "insecure";
  if (!navigator.serviceWorker || !indexedDB || IN_APP.test(navigator.userAgent)) return "browser";
  // The youngest things the app cannot do without: Chrome 93, Safari 15.4, Firefox 95.
  if (!("randomUUID" in crypto && "hasOwn" in Object)) return "old";
  // Only an iPhone knows the word.
  const inSafari = navigator.standalone === false;
  return inSafari && (location.hash === STEPS || !view.localStorage.getItem(HERE)) ? "home" : "";
}

/**
 * Which system it is. An iPad says that it is a Mac, but no Mac has a screen to touch.
 * @param {Pick<Navigator, "userAgent" | "maxTouchPoints">} navigator
 * @returns {"android" | "iphone" | "other"}
 */
export function systemOf({ userAgent, maxTouchPoints }) {
  if (/iPhone|iPad|iPod/.test(userAgent) || (userAgent.includes("Macintosh") && maxTouchPoints > 1)) return "iphone";
  return userAgent.includes("Android") ? "android" : "other";
}
