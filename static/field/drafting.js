// Keeps what is typed: a form with data-draft is written to its draft at every change, in the account it was drawn for.

import { save } from "./store/drafts.js";

/** @type {Set<HTMLFormElement>} */
const changed = new Set();
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

/** @param {Event} event */
function noteChange({ target }) {
  const form = target instanceof Element ? target.closest("form") : null;
  if (!form?.dataset.draft || !form.isConnected) return;
  changed.add(form);
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

/** @param {HTMLFormElement} form */
function valuesOf(form) {
  /** @type {Record<string, string[]>} */
  const values = {};
  for (const [name, value] of new FormData(form)) {
    values[name] ??= [];
    values[name].push(String(value));
  }
  return values;
}
