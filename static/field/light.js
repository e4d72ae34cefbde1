// Chế độ ngoài nắng, as this phone has it: light, whatever the system says, and still more contrast. start.js sets it before
// the first paint, so it is not in the database: that one answers too late.

const KEY = "tungnha-sunny";

/** Lets this page look as this phone has it now. */
export function applyLight() {
  let on = false;
  try {
    on = localStorage.getItem(KEY) === "on";
  } catch {
    // The browser lets nobody look.
  }
  const { dataset } = document.documentElement;
  if (on) dataset.sunny = "";
  else delete dataset.sunny;
  // The bar above the page, which the browser paints.
  const bar = document.querySelector("[media*=dark]");
  if (bar) bar.setAttribute("content", on ? "#ffffff" : "#101214");
}

/** Whether it is on. */
export function isSunny() {
  return "sunny" in document.documentElement.dataset;
}

/**
 * Changes it, in every tab.
 * @param {boolean} on
 */
export function setSunny(on) {
  localStorage.setItem(KEY, on ? "on" : "");
  dispatchEvent(new Event("storage"));
}
