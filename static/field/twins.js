// The same form in two tabs: both show what was typed last, and once one is saved the other says so and loses nothing.

import { flush, giveUp, isOwn, valuesOf } from "./drafting.js";
import { answer } from "./host.js";
import { turnTo } from "./screen.js";
import { subscribe } from "./store/changes.js";
import { save } from "./store/drafts.js";

/** @typedef {import("./host.js").Handle} Handle */
/** @typedef {import("./store/drafts.js").Values} Values */

/** Letters come one by one; a form that nobody looks at need not follow each. Milliseconds. */
const SETTLE = 120;
/** What two forms of one record may differ in. */
const ASIDE = ["id", "hamlet_id"];

/** @type {WeakSet<HTMLFormElement>} Forms that are being left. */
const left = new WeakSet();

/**
 * Begins to follow.
 * @param {any} htmx
 * @param {Handle} handle
 */
export function followTwins(htmx, handle) {
  let soon = false;
  const mirror = async () => {
    soon = false;
    await flush();
    const form = formHere();
    const still = () => Boolean(form?.isConnected && !isOwn(form));
    if (still()) await turnTo(htmx, handle, location.href, still);
  };
  subscribe((change) => {
    if (change.kind !== "draft" && change.kind !== "saved") return;
    const form = formHere();
    if (form?.dataset.draft !== change.draft || whoseIs(form) !== change.account_id) return;
    if (change.kind === "saved") return void leave(htmx, handle, form, change).catch((fault) => stay(form, fault));
    giveUp(form);
    if (!soon) setTimeout(mirror, SETTLE);
    soon = true;
  });
}

/**
 * Goes on from a form whose record another tab has saved: to the record, or, with what was typed only here, to the form
 * that changes it. Another household is a record of its own.
 * @param {any} htmx
 * @param {Handle} handle
 * @param {HTMLFormElement} form
 * @param {{draft: string, id: string}} saved
 */
async function leave(htmx, handle, form, { draft, id: made }) {
  const another = draft === "household:new";
  if (left.has(form) || (another && String(valuesOf(form).id) !== made)) return;
  left.add(form);
  const [kind, how, about] = draft.split(":");
  const id = how === "new" ? made : about;
  const record = `/field/${kind}s/${id}`;
  const saved = await standing(handle, `${record}/edit`);
  // Somebody may type on meanwhile.
  while (form.isConnected) {
    const typed = valuesOf(form);
    let address = kind === "visit" ? `${record}/saved` : record;
    if (isOwn(form) && !isSame(typed, saved)) {
      // Without an id: the one it has is the saved record's.
      const { id: _id, ...values } = typed;
      await save(whoseIs(form), another ? draft : `${kind}:edit:${id}`, values);
      address = another ? location.pathname : `${record}/edit`;
    }
    const still = () => form.isConnected && isSame(typed, valuesOf(form));
    await turnTo(htmx, handle, `${address}?done=elsewhere`, still);
  }
}

/**
 * What was typed could not be kept elsewhere: it is kept here.
 * @param {HTMLFormElement} form
 * @param {unknown} fault
 */
function stay(form, fault) {
  left.delete(form);
  console.error(fault);
}

/**
 * What stands in the form of an address.
 * @param {Handle} handle
 * @param {string} address
 */
async function standing(handle, address) {
  const { response } = await answer(handle, new Request(new URL(address, location.href)));
  const form = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("form[data-draft]");
  return form instanceof HTMLFormElement ? valuesOf(form) : {};
}

/**
 * @param {Values} one
 * @param {Values} other
 */
function isSame(one, other) {
  const names = Object.keys({ ...one, ...other });
  return names.every((name) => ASIDE.includes(name) || String(one[name]) === String(other[name]));
}

/** The form on screen, unless it is just being sent from here. */
function formHere() {
  const form = document.querySelector("main form[data-draft]");
  return form instanceof HTMLFormElement && !document.querySelector("main .htmx-request") ? form : null;
}

/** @param {Element} form */
function whoseIs(form) {
  return form.closest("main")?.dataset.whose ?? "";
}
