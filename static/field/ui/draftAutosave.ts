// Saves drafts: a form with data-draft is saved at every change, under the account for which it was rendered.

import { saveDraft } from "../store/drafts.ts";

/** @type {Set<HTMLFormElement>} */
const changed = new Set();
/** @type {WeakSet<HTMLFormElement>} Forms last edited in this tab. */
const editedHere = new WeakSet();
/** @type {Promise<void> | null} */
let saving = null;

/** Adds the listeners. */
export function autosaveDrafts() {
  for (const kind of ["input", "change"]) document.addEventListener(kind, noteChange);
  document.addEventListener("visibilitychange", () => void flush());
  addEventListener("pagehide", () => void flush());
}

/** Resolves when everything typed so far is saved, or saving failed: then the form still has it. */
export async function flush() {
  while (changed.size || saving) {
    saving ??= saveAll().finally(() => {
      saving = null;
    });
    await saving;
  }
}

/**
 * Whether this tab was the last to edit the form.
 * @param {HTMLFormElement} form
 */
export function isEditedHere(form) {
  return editedHere.has(form);
}

/**
 * Notes that another tab has edited it since.
 * @param {HTMLFormElement} form
 */
export function markEditedElsewhere(form) {
  editedHere.delete(form);
}

/** @param {Event} event */
function noteChange({ target }) {
  const form = target instanceof Element ? target.closest("form") : null;
  if (!form?.dataset.draft || !form.isConnected) return;
  changed.add(form);
  editedHere.add(form);
  void flush();
}

async function saveAll() {
  const forms = [...changed];
  changed.clear();
  try {
    for (const form of forms) {
      const { account } = form.closest("main")?.dataset ?? {};
      const key = form.dataset.draft;
      if (account && key && form.isConnected) await saveDraft(account, key, formValues(form));
    }
  } catch (error) {
    console.error(error);
  }
}

/**
 * The values of a form, as drafts store them.
 * @param {HTMLFormElement} form
 */
export function formValues(form) {
  /** @type {Record<string, string[]>} */
  const values = {};
  for (const [name, value] of new FormData(form)) {
    values[name] ??= [];
    values[name].push(String(value));
  }
  return values;
}
