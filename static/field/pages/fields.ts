// Reads and validates form fields.

import { maskIdNumbers } from "../core/idNumbers.ts";
import { _ } from "../core/strings.ts";
import { nfc } from "../core/text.ts";
import type { Values } from "../store/drafts.ts";

type TextRule = { most: number; required?: string; lines?: boolean; numeric?: boolean };

/**
 * The text as it is stored (NFC, single blanks, nothing invisible, no number of an identity card), and the sentence to
 * show if it cannot be.
 * @param rule `most` characters; `required`: the sentence if it is empty; `lines`: it may have several; `numeric`: it is
 *   an address or a telephone number, in which nothing is masked
 */
export function readText(
  typed: string | null,
  { most, required = "", lines = false, numeric = false }: TextRule,
): { text: string; error: string } {
  const composed = nfc(typed ?? "");
  const stored = numeric ? composed : maskIdNumbers(composed);
  const text = lines ? stored : stored.replace(/\n+/g, " ");
  if (text === "") return { text, error: required };
  return { text, error: [...text].length > most ? _("Dài quá %(most)s ký tự. Viết ngắn lại.", { most }) : "" };
}

/** The form fields of a stored draft. */
export function fieldsOfDraft(values: Values) {
  const pairs = Object.entries(values).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  return new URLSearchParams(pairs);
}

/**
 * The errors of a form for its template: all of them, and those that belong to no field and are said above the form.
 * @param sentences by field
 */
export function formErrors(sentences: Record<string, string>) {
  const errors = errorList(sentences);
  return { errors, failed: errors.filter(({ field }) => !field) };
}

/**
 * The non-empty error sentences of a form.
 * @param sentences by field
 */
export function errorList(sentences: Record<string, string>) {
  return Object.entries(sentences).flatMap(([field, text]) => (text ? [{ field, text }] : []));
}
