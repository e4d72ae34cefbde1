// Strings of the phone's code. Vietnamese is the source language, so a sentence is its own key.

/**
 * Formats a sentence: `%(name)s` is a value, `%%` a percent sign, as in the templates.
 * @param {string} sentence
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function _(sentence, values = {}) {
  return sentence.replace(/%(?:\((\w+)\)s|%)/g, (_whole, name) => (name ? String(values[name]) : "%"));
}
