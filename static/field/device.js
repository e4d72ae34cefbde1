// What kind of phone and browser this is. Asked before anything else runs, so in words that old browsers know.

/** What browsers inside other applications call themselves. They keep nothing apart from their application, or not for long. */
const IN_APP = /Zalo|FBA[NV]|FB_IAB|Instagram|Messenger|musical_ly|Bytedance|TikTok|; wv\)/i;

/**
 * Why nothing can be recorded here, or an empty text: the address is not safe (then no browser would keep anything), the
 * browser lives inside another application or keeps nothing when the network is away, or it is too old.
 * @param {Pick<Window, "isSecureContext" | "navigator" | "indexedDB"> & {crypto: Crypto}} view
 * @returns {"" | "insecure" | "browser" | "old"}
 */
export function whyNot({ isSecureContext, navigator, indexedDB, crypto }) {
  if (isSecureContext === false) return "insecure";
  if (!navigator.serviceWorker || !indexedDB || IN_APP.test(navigator.userAgent)) return "browser";
  // The youngest thing the app cannot do without: Chrome 92, Safari 15.4.
  return "randomUUID" in crypto ? "" : "old";
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
