// Keeps what is typed: a form with data-draft is written to its draft at every change, in the account it was drawn for.

import { save } from "./store/drafts.js";

/** @type {Set<HTMLFormElement>} */
const changed = new Set();
/** @type {WeakSet<HTMLFormElement>} Forms that nobody has typed in since, in another tab. */
const own = new WeakSet();
/** @type {Promise<void> | null} */
let saving = null;

/** Begins to listen. */
export function keepDrafts() {
  for (const kind of ["input", "change"]) document.addEventListener(kind, noteChange);
  document.addEventListener("visibilitychange", () => void flush());
  addEventListener("pagehide", () => void flush());
}

/** Resolves when everything typed so far is kept, or could not be: then the form still has it. */
export async function flush() {
  while (changed.size || saving) {
    saving ??= keepAll().finally(() => {
      saving = null;
    });
    await saving;
  }
}

/**
 * Whether this tab was the last to type in the form.
 * @param {HTMLFormElement} form
 */
export function isOwn(form) {
  return own.has(form);
}

/**
 * Notes that another tab has typed in it since.
 * @param {HTMLFormElement} form
 */
export function giveUp(form) {
  own.delete(form);
}

/** @param {Event} event */
function noteChange({ target }) {
  const form = target instanceof Element ? target.closest("form") : null;
  if (!form?.dataset.draft || !form.isConnected) return;
  changed.add(form);
  own.add(form);
  void flush();
}

async function keepAll() {
  const forms = [...changed];
  changed.clear();
  try {
    for (const form of forms) {
      const { whose } = form.closest("main")?.dataset ?? {};
      const key = form.dataset.draft;
      if (whose && key && form.isConnected) await save(whose, key, valuesOf(form));
    }
  } catch (fault) {
    console.error(fault);
  }
}

/**
 * What stands in a form, as it is kept.
 * @param {HTMLFormElement} form
 */
export function valuesOf(form) {
  /** @type {Record<string, string[]>} */
  const values = {};
  for (const [name, value] of new FormData(form)) {
    values[name] ??= [];
    values[name].push(String(value));
  }
  return values;
}
