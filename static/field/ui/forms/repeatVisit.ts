// Như nhà trước above the visit form: chooses the services of the visit before, and takes them away again as long as
// nothing was entered for them. It never chooses an outcome.

import { WITHOUT_SERVICES } from "../../pages/visits/visitEntry.ts";

const CHIP = "[data-repeat]";

/**
 * Chooses the services or takes them away, as if each were tapped, and so the result *Đã hỗ trợ*, unless the one that is
 * chosen has services too.
 * @returns whether the control is the chip
 */
export function repeatVisit(form: HTMLFormElement, chip: HTMLInputElement): boolean {
  const codes = codesOf(chip);
  if (!codes) return false;
  const { checked, dataset } = chip;
  const result = form.querySelector<HTMLInputElement>('[name="result"]:checked');
  if (checked) {
    dataset.before = result?.value ?? "";
    if (!result || WITHOUT_SERVICES.has(result.value)) resultOf(form, "helped")?.click();
  }
  for (const code of codes) {
    if (!serviceOf(form, code)) form.querySelector<HTMLInputElement>("#services > .chips > .others > input")?.click();
    const service = serviceOf(form, code);
    if (service?.checked !== checked) service?.click();
  }
  if (!checked && result?.value === "helped") restoreResult(form, result, dataset.before);
  return true;
}

/** @param before the result before the chip; undefined if the page was shown anew since */
function restoreResult(form: HTMLFormElement, result: HTMLInputElement, before: string | undefined) {
  if (before) resultOf(form, before)?.click();
  else if (before === "") result.checked = false;
}

/** Shows on the chip whether the form has the services; with something entered for one, the chip cannot be tapped. */
export function followRepeated(form: HTMLFormElement) {
  const chip = form.querySelector<HTMLInputElement>(CHIP);
  const codes = chip && codesOf(chip);
  if (!codes) return;
  const values = new FormData(form);
  chip.checked = codes.every((code) => values.getAll("service").includes(code));
  chip.disabled =
    chip.checked && codes.some((code) => values.get(`outcome-${code}`) || values.get(`people-${code}`) !== "1");
}

function codesOf(control: HTMLInputElement) {
  return control.matches(CHIP) ? control.value.split(" ") : null;
}

function resultOf(form: HTMLFormElement, value: string) {
  return form.querySelector<HTMLInputElement>(`[name="result"][value="${value}"]`);
}

function serviceOf(form: HTMLFormElement, code: string) {
  return form.querySelector<HTMLInputElement>(`[name="service"][value="${code}"]`);
}
