// V1: the page for browsers that cannot store records, or not for long. It has nothing of the app, not even the
// sign-in.

import page from "../../dist/field/gate.js";
import { STAY_KEY, systemOf } from "../core/device.ts";

const current: Record<string, string | undefined> = {
  why: (document.currentScript as HTMLScriptElement).dataset.why,
  on: systemOf(navigator),
};
/** The invite code from a QR code, which stays in the address: it has to reach the browser that can use it. */
const invite = location.hash.startsWith("#invite=") ? location.hash : "";
const address = location.href.split("#")[0] + invite;
const main = new DOMParser().parseFromString(page, "text/html").querySelector("main") as HTMLElement;

for (const part of parts("[data-why], [data-on]")) {
  const { why, on } = part.dataset;
  if (!isIncluded(why, current.why) || !isIncluded(on, current.on)) part.remove();
}
for (const link of parts("[data-open]")) link.setAttribute("href", chromeIntent());
for (const button of parts("[data-copy]")) button.addEventListener("click", copy);
for (const button of parts("[data-stay]")) button.addEventListener("click", stayInSafari);

(document.getElementById("main") as HTMLElement).replaceWith(main);
const heading = main.querySelector("h1") as HTMLElement;
document.title = `${heading.textContent} · Từng Nhà`;
heading.focus();

function parts(selector: string): HTMLElement[] {
  return Array.from(main.querySelectorAll(selector));
}

/** @param wanted words, or nothing for all of them */
function isIncluded(wanted: string | undefined, actual: string | undefined) {
  return !wanted || wanted.split(" ").some((word) => word === actual);
}

/**
 * This address, with any invite code in it, as an Android intent that opens it in Chrome. Android takes what is before
 * the last `#` as the address. Without Chrome it leads to the steps below.
 */
function chromeIntent() {
  const { protocol, host, pathname, search } = location;
  const back = encodeURIComponent(invite ? address : `${address}#steps`);
  const how = `scheme=${protocol.slice(0, -1)};package=com.android.chrome;S.browser_fallback_url=${back}`;
  return `intent://${host}${pathname}${search}${invite}#Intent;${how};end`;
}

function stayInSafari() {
  localStorage.setItem(STAY_KEY, "1");
  history.replaceState(null, "", address);
  location.reload();
}

function copy() {
  const copying = navigator.clipboard ? navigator.clipboard.writeText(address) : Promise.reject();
  copying.then(() => showMessage("copied"), copyFromInput);
}

/** Without the clipboard API the address is shown in a field and selected. */
function copyFromInput() {
  const input = main.querySelector("input") as HTMLInputElement;
  (input.parentElement as HTMLElement).hidden = false;
  input.value = address;
  input.focus();
  input.setSelectionRange(0, address.length);
  showMessage(document.execCommand("copy") ? "copied" : "by-hand");
}

function showMessage(name: string) {
  for (const text of parts("[data-message]")) text.hidden = text.dataset.message !== name;
}
