// Keeps the same form in two tabs in sync: both show the newest values; when one is saved, the other says so and keeps
// what was typed only there.

import { coalesced } from "../../core/coalesced.ts";
import { type Handle, respond } from "../../server/interceptRequests.ts";
import type { Change } from "../../store/changes.ts";
import { loadDraft, saveDraft, type Values } from "../../store/drafts.ts";
import { type Htmx, swapPage } from "../swapPage.ts";
import { flush, formValues, isEditedHere, markEditedElsewhere } from "./draftAutosave.ts";

/** Delay before the other tab's changes are shown, milliseconds: not after every letter. */
const DEBOUNCE_MS = 120;
/** Fields in which two forms of one record may differ. */
const IGNORED_FIELD = /^(id|hamlet_id|again|version|number|seen_return|was_.*)$/;

/** Forms whose page is being replaced. */
const leaving = new WeakSet<HTMLFormElement>();

let mirrorSoon: (() => void) | undefined;

/** Shows what another tab has typed or saved, in the form of the same record. */
export function followTab(htmx: Htmx, handle: Handle, change: Change) {
  if (change.kind !== "draft" && change.kind !== "saved") return;
  const form = formHere();
  if (form?.dataset.draft !== change.draft || accountOf(form) !== change.account_id) return;
  if (change.kind === "saved") return void leave(htmx, handle, form, change).catch((error) => stay(form, error));
  markEditedElsewhere(form);
  mirrorSoon ??= coalesced(
    () => void mirror(htmx, handle),
    () => DEBOUNCE_MS,
  );
  mirrorSoon();
}

/**
 * Shows the draft in the form on screen, unless it was edited here since.
 * @param ifNone whether also a draft that is gone is shown
 */
export async function mirror(htmx: Htmx, handle: Handle, ifNone = false) {
  await flush();
  const form = formHere();
  if (!form || (await showsDraft(form, ifNone))) return;
  const isWanted = () => form.isConnected && !isEditedHere(form) && !leaving.has(form);
  if (isWanted()) await swapPage(htmx, handle, location.href, isWanted);
}

/**
 * Whether the form shows what the draft has: then focus and cursor stay where they are. A draft of `leave` has no id:
 * each form that shows it has one of its own.
 * @param ifNone the answer if there is no draft
 */
async function showsDraft(form: HTMLFormElement, ifNone: boolean) {
  const draft = await loadDraft(accountOf(form), form.dataset.draft ?? "");
  const shown = formValues(form);
  if (!draft) return ifNone;
  return (draft.id === undefined || String(draft.id) === String(shown.id)) && isSame(draft, shown);
}

/**
 * Leaves a form whose record another tab has saved: for the record, or, if values were typed only here, for the form
 * that amends it. A new household, outreach session or remark that was typed here under another id is a different
 * record.
 */
async function leave(
  htmx: Htmx,
  handle: Handle,
  form: HTMLFormElement,
  { draft, id: savedId }: { draft: string; id: string },
) {
  const isNew = draft.endsWith(":new");
  const isTyped = isEditedHere(form) || document.querySelector(".unfinished");
  if (leaving.has(form) || (isNew && isTyped && String(formValues(form).id) !== savedId)) return;
  leaving.add(form);
  const [kind, mode, subjectId] = draft.split(":");
  const id = mode === "new" ? savedId : subjectId;
  const record = `/field/${kind}s/${id}`;
  const saved = await savedValues(handle, `${record}/edit`);
  // Typing may go on meanwhile.
  while (form.isConnected) {
    const typed = formValues(form);
    let address = kind === "visit" ? `${record}/saved` : record;
    if (isEditedHere(form) && !isSame(typed, saved)) {
      // Without its id, which belongs to the saved record.
      const { id: _id, ...values } = typed;
      await saveDraft(accountOf(form), isNew ? draft : `${kind}:edit:${id}`, values);
      address = isNew ? location.pathname : `${record}/edit`;
    }
    const isWanted = () => form.isConnected && isSame(typed, formValues(form));
    await swapPage(htmx, handle, `${address}?done=elsewhere`, isWanted);
  }
}

/** The values could not be saved as a draft, so the form stays. */
function stay(form: HTMLFormElement, error: unknown) {
  leaving.delete(form);
  console.error(error);
}

/** The values of the form at an address. */
async function savedValues(handle: Handle, address: string) {
  const { response } = await respond(handle, new Request(new URL(address, location.href)));
  const form = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("form[data-draft]");
  return form instanceof HTMLFormElement ? formValues(form) : {};
}

/** Whether a person sees no difference: a field that one of the forms does not have yet is empty. */
function isSame(one: Values, other: Values) {
  const names = Object.keys({ ...one, ...other });
  return names.every((name) => IGNORED_FIELD.test(name) || String(one[name] ?? "") === String(other[name] ?? ""));
}

/** The form on screen, unless it is being submitted. */
function formHere() {
  const form = document.querySelector("main form[data-draft]");
  return form instanceof HTMLFormElement && !document.querySelector("main .htmx-request") ? form : null;
}

function accountOf(form: Element) {
  return form.closest("main")?.dataset.account ?? "";
}
