// Saves drafts: a form with data-draft is saved at every change, under the account for which it was rendered.

import { pageState } from "../../core/pageState.ts";
import { saveDraft } from "../../store/drafts.ts";

const changed = pageState("changed", new Set<HTMLFormElement>());
/** Forms last edited in this tab. */
const editedHere = pageState("edited", new WeakSet<HTMLFormElement>());
const saving: { now: Promise<void> | null } = pageState("saving", { now: null });

/** Adds the listeners. */
export function autosaveDrafts() {
  for (const kind of ["input", "change"]) document.addEventListener(kind, noteChange);
  document.addEventListener("visibilitychange", () => void flush());
  addEventListener("pagehide", () => void flush());
}

/** Resolves when everything typed so far is saved, or saving failed: then the form still has it. */
export async function flush() {
  while (changed.size || saving.now) {
    saving.now ??= saveAll().finally(() => {
      saving.now = null;
    });
    await saving.now;
  }
}

/** Whether this tab was the last to edit the form. */
export function isEditedHere(form: HTMLFormElement) {
  return editedHere.has(form);
}

/** Notes that another tab has edited it since. */
export function markEditedElsewhere(form: HTMLFormElement) {
  editedHere.delete(form);
}

/**
 * A browser's `change` of a text field says nothing that its `input` has not: it comes when the field is left, also
 * when the field is replaced by what another tab has written since.
 */
function noteChange({ target, type, isTrusted }: Event) {
  if (type === "change" && isTrusted && !/radio|checkbox/.test((target as HTMLInputElement).type)) return;
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

/** The values of a form, as drafts store them. */
export function formValues(form: HTMLFormElement) {
  const values: Record<string, string[]> = {};
  for (const [name, value] of new FormData(form)) {
    values[name] ??= [];
    values[name].push(String(value));
  }
  return values;
}
