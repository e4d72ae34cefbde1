// Runs in every browser before the first paint: sets the light, then starts the app or, where nothing could be kept, the
// page that says where to go instead. Built for browsers of any age.

import { whyNot } from "./device.js";
import { applyLight } from "./light.js";

applyLight();
addEventListener("storage", applyLight);

const { app, gate } = /** @type {HTMLScriptElement} */ (document.currentScript).dataset;
const why = whyNot(window);

document.addEventListener("DOMContentLoaded", () => {
  const script = document.createElement("script");
  if (why) script.dataset.why = why;
  else script.type = "module";
  script.src = /** @type {string} */ (why ? gate : app);
  document.head.appendChild(script);
});
