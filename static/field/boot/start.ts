// Runs in every browser before the first paint: applies sunlight mode and text size, then loads the app or, in an unsupported
// browser, the page that explains what to do instead. Built for browsers of any age.

import { unsupportedReason } from "../core/device.ts";
import { fillInvite } from "../core/invite.ts";
import { applyDisplay } from "../ui/display.ts";
import { type HoldingWindow, holdForms } from "../ui/forms/holdForms.ts";

applyDisplay();
addEventListener("storage", applyDisplay);

const { app, gate } = (document.currentScript as HTMLScriptElement).dataset;
const why = unsupportedReason(window);
if (!why) (window as unknown as HoldingWindow).releaseForms = holdForms();

document.addEventListener("DOMContentLoaded", () => {
  if (why) (document.getElementById("main") as HTMLElement).textContent = "";
  else fillInvite(location.hash);
  const script = document.createElement("script");
  if (why) script.dataset.why = why;
  else script.type = "module";
  script.src = (why ? gate : app) as string;
  document.head.appendChild(script);
});
