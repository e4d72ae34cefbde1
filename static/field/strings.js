// The words of the phone's code. Vietnamese is the source language, so a sentence is its own key.

/**
 * A sentence with its values put in: `%(name)s` is a value, `%%` a percent sign, as in the templates.
 * @param {string} sentence
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function _(sentence, values = {}) {
  return sentence.replace(/%(?:\((\w+)\)s|%)/g, (_whole, name) => (name ? String(values[name]) : "%"));
}
