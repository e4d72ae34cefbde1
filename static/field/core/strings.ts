// Strings of the phone's code. Vietnamese is the source language, so a sentence is its own key.

/** @typedef {Record<string, string | [count: string, one: string, other: string]>} Messages */

/** Where the chosen language is stored: `en`, or nothing for Vietnamese. */
export const LANGUAGE_KEY = "tung-nha-language";

/** The translations of this page. Texts of modules are made once, so another language needs another page. */
const messages = await chosenMessages();

/**
 * The language of this page.
 * @type {"vi" | "en"}
 */
export const language = messages ? "en" : "vi";

/**
 * Formats a sentence: `%(name)s` is a value, `%%` a percent sign, as in the templates.
 * @param {string} sentence
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function _(sentence, values = {}) {
  return translate(sentence, values).replace(/%(?:\((\w+)\)s|%)/g, (_whole, name) =>
    name ? String(values[name]) : "%",
  );
}

/**
 * A sentence in the language of this page, singular or plural as `values` say; nothing is filled in.
 * @param {string} sentence
 * @param {Record<string, unknown>} values
 * @returns {string}
 */
export function translate(sentence, values) {
  const found = messages?.[sentence] ?? sentence;
  return typeof found === "string" ? found : found[`${values[found[0]]}` === "1" ? 1 : 2];
}

/** The build gives the catalog the name of the later pages but for this word, so that the shell has one address less. */
export function catalogAddress() {
  const { dataset } = /** @type {HTMLElement} */ (document.querySelector("[data-later]"));
  return `${dataset.later}`.replace("later", "en");
}

/** @returns {Promise<Messages | undefined>} nothing for Vietnamese, or if the catalog is not on the phone */
async function chosenMessages() {
  try {
    if (localStorage.getItem(LANGUAGE_KEY)) return (await import(catalogAddress())).default;
  } catch {
    // There is no page, localStorage is blocked, or there is no network.
  }
}
