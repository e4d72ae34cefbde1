// The runtime of the compiled templates: Jinja2's rules for values, where JavaScript's differ. See docs/templates.md.
// `undefined` stands for Jinja2's StrictUndefined: using it throws.

import { translate } from "../core/strings.ts";

/** Text that is already HTML: what macros and gettext return. */
export class Markup {
  /** @param {string} html */
  constructor(html) {
    this.html = html;
  }

  toString() {
    return this.html;
  }
}

/**
 * The filter `safe`: HTML that the server has cleaned. Only guide.html may use it (tests/contract).
 * @param {unknown} value
 */
export const safe = (value) => new Markup(toText(value));

/** The value of an argument that a call leaves out: the macro replaces it by its default. */
export const missing = Symbol("missing");

const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#39;", '"': "&#34;" };

/**
 * The HTML for a value, as markupsafe.escape writes it.
 * @param {unknown} value
 * @returns {string}
 */
export function escapeHtml(value) {
  if (value instanceof Markup) return value.html;
  return toText(value).replace(/[&<>'"]/g, (character) => entities[/** @type {keyof typeof entities} */ (character)]);
}

/**
 * Python's str(). Fractions, lists and objects are formatted in code, not in templates.
 * @param {unknown} value
 * @returns {string}
 */
function toText(value) {
  if (typeof value === "string") return value;
  if (value instanceof Markup) return value.html;
  if (value === null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (Number.isSafeInteger(value)) return String(value);
  throw operandError(value, "print");
}

/**
 * @param {unknown} value
 * @returns {boolean}
 */
export function isTruthy(value) {
  if (value === undefined) throw operandError(value, "test");
  if (value instanceof Markup) return value.html !== "";
  if (Array.isArray(value)) return value.length > 0;
  if (isObject(value)) return Object.keys(value).length > 0;
  return Boolean(value);
}

/**
 * @param {unknown} left
 * @param {() => unknown} right
 */
export const and = (left, right) => (isTruthy(left) ? right() : left);

/**
 * @param {unknown} left
 * @param {() => unknown} right
 */
export const or = (left, right) => (isTruthy(left) ? left : right());

/**
 * @param {unknown} owner
 * @param {string} name
 */
export function attribute(owner, name) {
  if (owner === undefined) throw operandError(owner, `read .${name} of`);
  return isObject(owner) && Object.hasOwn(owner, name) ? owner[name] : undefined;
}

/**
 * @param {unknown} owner
 * @param {unknown} key
 */
export function item(owner, key) {
  if (owner === undefined || owner instanceof Markup) throw operandError(owner, "look into");
  const index = typeof key === "boolean" ? Number(key) : key;
  if (typeof owner === "string" || Array.isArray(owner)) {
    return typeof index === "number" ? iterate(owner).at(index) : undefined;
  }
  if (!isObject(owner)) return undefined;
  if (key === undefined) throw operandError(key, "look up");
  const name = key instanceof Markup ? key.html : key;
  return typeof name === "string" ? attribute(owner, name) : undefined;
}

/**
 * @param {unknown} left
 * @param {unknown} right
 * @returns {boolean}
 */
export function isEqual(left, right) {
  const [a, b] = [comparable(left), comparable(right)];
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, i) => isSame(one, b[i]));
  if (isObject(a) && isObject(b)) {
    const names = Object.keys(a);
    const sameLength = names.length === Object.keys(b).length;
    return sameLength && names.every((name) => Object.hasOwn(b, name) && isSame(a[name], b[name]));
  }
  return a === b;
}

/**
 * Python finds an element by identity before it compares.
 * @param {unknown} a
 * @param {unknown} b
 */
const isSame = (a, b) => (a === b && a !== undefined) || isEqual(a, b);

/**
 * Negative, zero or positive, as left is before, equal to or after right. Text is ordered by code points.
 * @param {unknown} left
 * @param {unknown} right
 * @returns {number}
 */
export function compare(left, right) {
  const [a, b] = [comparable(left), comparable(right)];
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a !== "string" || typeof b !== "string") throw operandError(a, "order");
  const [x, y] = [[...a], [...b]];
  const i = x.findIndex((character, index) => character !== y[index]);
  if (i < 0) return x.length - y.length;
  return i < y.length ? codePoint(x[i]) - codePoint(y[i]) : 1;
}

/** @param {string} character */
const codePoint = (character) => /** @type {number} */ (character.codePointAt(0));

/** @param {unknown} value */
function comparable(value) {
  if (value === undefined) throw operandError(value, "compare");
  if (value instanceof Markup) return value.html;
  return typeof value === "boolean" ? Number(value) : value;
}

/**
 * Python's `sought in container`.
 * @param {unknown} container
 * @param {unknown} sought
 * @returns {boolean}
 */
export function contains(container, sought) {
  if (Array.isArray(container)) return container.some((one) => isSame(one, sought));
  const name = sought instanceof Markup ? sought.html : sought;
  if (isObject(container)) {
    if (name === undefined || Array.isArray(name) || isObject(name)) throw operandError(name, "look up");
    return typeof name === "string" && Object.hasOwn(container, name);
  }
  const whole = container instanceof Markup ? container.html : container;
  if (typeof whole !== "string" || typeof name !== "string") throw operandError(container, "look into");
  return whole.includes(name);
}

/** @param {unknown[]} parts */
export const concat = (...parts) => join(parts, "");

/**
 * Joins text. If one part is markup the result is markup, with the plain parts escaped.
 * @param {unknown} parts
 * @param {unknown} separator
 */
export function join(parts, separator) {
  const list = iterate(parts);
  const hasMarkup = [separator, ...list].some((part) => part instanceof Markup);
  const write = hasMarkup ? escapeHtml : toText;
  const joined = list.map(write).join(write(separator));
  return hasMarkup ? new Markup(joined) : joined;
}

/**
 * The items of a loop. Objects are refused: the order of their keys is not Python's.
 * @param {unknown} value
 * @returns {unknown[]}
 */
export function iterate(value) {
  if (Array.isArray(value)) return value;
  if (typeof value === "string") return [...value];
  throw operandError(value, "go through");
}

/**
 * @param {unknown} value
 * @returns {number}
 */
export function length(value) {
  if (isObject(value)) return Object.keys(value).length;
  return iterate(value instanceof Markup ? value.html : value).length;
}

/**
 * The filter `default`.
 * @param {unknown} value
 * @param {unknown} otherwise
 */
export const defaultValue = (value, otherwise) => (value === undefined ? otherwise : value);

/**
 * @param {unknown} value
 * @returns {number}
 */
export function toNumber(value) {
  if (typeof value === "number" || typeof value === "boolean") return Number(value);
  throw operandError(value, "calculate with");
}

/**
 * A message (trusted HTML) in the language of the page, with its values (escaped).
 * @param {string} message
 * @param {Record<string, unknown>} [values]
 */
export function gettext(message, values = {}) {
  return new Markup(
    translate(message, values).replace(/%(?:\((\w+)\)s|%)/g, (_, name) => (name ? escapeHtml(values[name]) : "%")),
  );
}

/**
 * The context of an included template: the including one's, with the names set there.
 * @param {Record<string, unknown>} context
 * @param {Record<string, unknown>} names
 */
export function includeContext(context, names) {
  return Object.assign(Object.create(context), names);
}

/**
 * @param {Record<string, (context: Record<string, unknown>, blocks: object) => string>} pages
 * @param {string} name
 * @param {Record<string, unknown>} context
 * @returns {string}
 */
export function renderPage(pages, name, context) {
  if (!Object.hasOwn(pages, name)) throw new Error(`there is no page ${name}`);
  return pages[name](Object.assign(Object.create(null), context), {});
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Markup);
}

/**
 * @param {unknown} value
 * @param {string} verb
 */
function operandError(value, verb) {
  return new TypeError(`cannot ${verb} ${value === undefined ? "an undefined value" : JSON.stringify(value)}`);
}
