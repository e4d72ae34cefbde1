// V1: the page for browsers in which nothing could be kept, or not for long. Nothing of the app is here, not even the way to
// sign in.

import page from "../dist/field/gate.js";
import { HERE, systemOf } from "./device.js";

/** @type {Record<string, string | undefined>} */
const here = {
  why: /** @type {HTMLScriptElement} */ (document.currentScript).dataset.why,
  on: systemOf(navigator),
};
const main = /** @type {HTMLElement} */ (new DOMParser().parseFromString(page, "text/html").querySelector("main"));

for (const part of parts("[data-why], [data-on]")) {
  const { why, on } = part.dataset;
  if (!fits(why, here.why) || !fits(on, here.on)) part.remove();
}
for (const link of parts("[data-open]")) link.setAttribute("href", intent());
for (const button of parts("[data-copy]")) button.addEventListener("click", copy);
for (const button of parts("[data-stay]")) button.addEventListener("click", stay);

/** @type {HTMLElement} */ (document.getElementById("main")).replaceWith(main);
const heading = /** @type {HTMLElement} */ (main.querySelector("h1"));
document.title = `${heading.textContent} · Từng Nhà`;
heading.focus();

/**
 * @param {string} selector
 * @returns {HTMLElement[]}
 */
function parts(selector) {
  return Array.from(main.querySelectorAll(selector));
}

/**
 * @param {string | undefined} wanted words, or nothing for all of them
 * @param {string | undefined} given
 */
function fits(wanted, given) {
  return !wanted || wanted.split(" ").some((word) => word === given);
}

/**
 * This very address, an invite code in it included, as Android hands it to Chrome (what follows #Intent is Android's way to
 * say so); where there is no Chrome, to the steps below.
 */
function intent() {
  const { protocol, host, pathname, search, href } = location;
  const back = encodeURIComponent(`${href.split("#")[0]}#steps`);
  const how = `scheme=${protocol.slice(0, -1)};package=com.android.chrome;S.browser_fallback_url=${back}`;
  return `intent://${host}${pathname}${search}#Intent;${how};end`;
}

function stay() {
  localStorage.setItem(HERE, "1");
  history.replaceState(null, "", location.pathname + location.search);
  location.reload();
}

function copy() {
  const address = location.href.split("#")[0];
  const asked = navigator.clipboard ? navigator.clipboard.writeText(address) : Promise.reject();
  asked.then(
    () => say("copied"),
    () => copyByHand(address),
  );
}

/**
 * Without the clipboard the address is put where it can be taken from.
 * @param {string} address
 */
function copyByHand(address) {
  const input = /** @type {HTMLInputElement} */ (main.querySelector("input"));
  /** @type {HTMLElement} */ (input.parentElement).hidden = false;
  input.value = address;
  input.focus();
  input.setSelectionRange(0, address.length);
  say(document.execCommand("copy") ? "copied" : "by-hand");
}

/** @param {string} what */
function say(what) {
  for (const text of parts("[data-said]")) text.hidden = text.dataset.said !== what;
}
