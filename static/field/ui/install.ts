// Installing to the home screen: the browser's prompt event is stored until [Thêm vào màn hình chính] is tapped.

import { STEPS_HASH } from "../core/device.ts";
import { stopInstallPrompts } from "../pages/installPrompt.ts";

/** Chromium's `beforeinstallprompt`; it can be used once. */
type InstallPromptEvent = Event & { prompt: () => Promise<unknown> };

let promptEvent: InstallPromptEvent | undefined;

/** Adds the listeners. The browser sends the event once for each page load, some time after it. */
export function listenForInstallPrompt() {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    promptEvent = event as InstallPromptEvent;
  });
  addEventListener("appinstalled", stopInstallPrompts);
  document.addEventListener("click", install);
}

/**
 * Whether the app can be installed from here. A browser in which it is installed sends no event; an iPhone never sends
 * one, but says whether the app runs from the home screen.
 */
export function canInstall() {
  return Boolean(promptEvent) || (navigator as { standalone?: boolean }).standalone === false;
}

/** Shows the browser's prompt, which needs a tap just before. On an iPhone shows the steps instead. */
function install({ target }: Event) {
  const button = target instanceof Element ? target.closest("[data-install]") : null;
  if (!button) return;
  if (promptEvent) {
    promptEvent.prompt();
    promptEvent = undefined;
    button.parentElement?.remove();
  } else {
    history.replaceState(history.state, "", STEPS_HASH);
    location.reload();
  }
}
