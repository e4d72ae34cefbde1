// Runs in every browser before the first paint: applies the sunlight mode, then loads the app or, in an unsupported
// browser, the page that explains what to do instead. Built for browsers of any age.

import { applySunlightMode } from "../ui/sunlightMode.js";
import { unsupportedReason } from "./device.js";

applySunlightMode();
addEventListener("storage", applySunlightMode);

const { app, gate } = /** @type {HTMLScriptElement} */ (document.currentScript).dataset;
const why = unsupportedReason(window);

document.addEventListener("DOMContentLoaded", () => {
  const script = document.createElement("script");
  if (why) script.dataset.why = why;
  else script.type = "module";
  script.src = /** @type {string} */ (why ? gate : app);
  document.head.appendChild(script);
});
