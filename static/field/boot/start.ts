// Runs in every browser before the first paint: applies sunlight mode and text size, then loads the app, in a tab that
// practises by way of its own bundle (practice.ts), or, in an unsupported browser, the page that explains what to do
// instead. Built for browsers of any age.

import { PRACTICE, unsupportedReason } from "../core/device.ts";
import { fillInvite } from "../core/invite.ts";
import { applyDisplay } from "../ui/display.ts";
import { type HoldingWindow, holdForms } from "../ui/forms/holdForms.ts";

applyDisplay();
addEventListener("storage", applyDisplay);

const { app, gate, later } = (document.currentScript as HTMLScriptElement).dataset;
const why = unsupportedReason(window);
if (!why) (window as unknown as HoldingWindow).releaseForms = holdForms();
// Whoever signs in does so for the real records: Back from practice leads here, too.
if (/sign-in/.test(location.pathname)) window.name = "";
const practises = window.name === PRACTICE;
// The worker may answer with the real account's page, which is not to be seen.
if (practises && !why) document.documentElement.hidden = true;

document.addEventListener("DOMContentLoaded", () => {
  if (why) (document.getElementById("main") as HTMLElement).textContent = "";
  else fillInvite(location.hash);
  const script = document.createElement("script");
  if (why) script.dataset.why = why;
  else script.type = "module";
  script.src = (why ? gate : practises ? `${later}`.replace("later", "practice") : app) as string;
  // The browser has deleted the bundle.
  if (practises)
    script.onerror = () => {
      window.name = "";
      location.reload();
    };
  document.head.appendChild(script);
});
