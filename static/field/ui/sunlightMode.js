// Chế độ ngoài nắng: the light theme, whatever the system's setting, with more contrast. It is in localStorage because
// start.js applies it before the first paint, when IndexedDB has not answered yet.

const KEY = "tung-nha-sunny";

/** Applies the stored setting to this page. */
export function applySunlightMode() {
  let on = false;
  try {
    on = localStorage.getItem(KEY) === "on";
  } catch {
    // localStorage is blocked.
  }
  const { dataset } = document.documentElement;
  if (on) dataset.sunny = "";
  else delete dataset.sunny;
  // The browser's own bar above the page.
  const bar = document.querySelector("[media*=dark]");
  if (bar) bar.setAttribute("content", on ? "#ffffff" : "#101214");
}

/** Whether sunlight mode is on. */
export function isSunny() {
  return "sunny" in document.documentElement.dataset;
}

/**
 * Switches it, in all tabs.
 * @param {boolean} on
 */
export function setSunny(on) {
  localStorage.setItem(KEY, on ? "on" : "");
  dispatchEvent(new Event("storage"));
}
