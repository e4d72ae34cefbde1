// Strings of the phone's code. Vietnamese is the source language, so a sentence is its own key.

import { pageState } from "./pageState.ts";

export type Messages = Record<string, string | [count: string, one: string, other: string]>;

/** Where the chosen language is stored: `en`, or nothing for Vietnamese. */
export const LANGUAGE_KEY = "tung-nha-language";

/** The translations of this page. Texts of modules are made once, so another language needs another page. */
const messages = await chosenMessages();

/** What this page says instead, in its language: practice, in which nothing is sent. */
const own: Record<string, string> = pageState("words", {});

/** The language of this page. */
export const language: "vi" | "en" = messages ? "en" : "vi";

/** Formats a sentence: `%(name)s` is a value, `%%` a percent sign, as in the templates. */
export function _(sentence: string, values: Record<string, string | number> = {}): string {
  return translate(sentence, values).replace(/%(?:\((\w+)\)s|%)/g, (_whole, name) =>
    name ? String(values[name]) : "%",
  );
}

/** A sentence in the language of this page, singular or plural as `values` say; nothing is filled in. */
export function translate(sentence: string, values: Record<string, unknown>): string {
  const found = own[sentence] ?? messages?.[sentence] ?? sentence;
  return typeof found === "string" ? found : found[`${values[found[0]]}` === "1" ? 1 : 2];
}

/** The build gives the catalog the name of the later pages but for this word, so that the shell has one address less. */
export function catalogAddress() {
  const { dataset } = document.querySelector("[data-later]") as HTMLElement;
  return `${dataset.later}`.replace("later", "en");
}

/** @returns nothing for Vietnamese, or if the catalog is not on the phone */
async function chosenMessages(): Promise<Messages | undefined> {
  try {
    if (localStorage.getItem(LANGUAGE_KEY)) return (await import(catalogAddress())).default;
  } catch {
    // There is no page, localStorage is blocked, or there is no network.
  }
}
