// Chế độ ngoài nắng, the light theme with more contrast whatever the system's setting, and Cỡ chữ. They are in
// localStorage because start.js applies them before the first paint, when IndexedDB has not answered yet.

const KEY = "tung-nha-sunny";
const SIZE_KEY = "tung-nha-text";

/** Applies the stored settings to this page. */
export function applyDisplay() {
  let on = false;
  let size = "";
  try {
    on = localStorage.getItem(KEY) === "on";
    size = localStorage.getItem(SIZE_KEY) ?? "";
  } catch {
    // localStorage is blocked.
  }
  const { dataset } = document.documentElement;
  dataset.text = size;
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

/** Switches it, in all tabs. */
export function setSunny(on: boolean) {
  localStorage.setItem(KEY, on ? "on" : "");
  dispatchEvent(new Event("storage"));
}

/** The chosen size of text; empty for the usual one. */
export function textSize() {
  return document.documentElement.dataset.text ?? "";
}

/** Changes it, in all tabs. */
export function setTextSize(size: string) {
  localStorage.setItem(SIZE_KEY, size);
  dispatchEvent(new Event("storage"));
}
