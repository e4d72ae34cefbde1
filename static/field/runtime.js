// What the compiled templates call: Jinja2's rules for values, where JavaScript's differ. See docs/templates.md.
// `undefined` stands for Jinja2's StrictUndefined: whatever would use it throws.

/** Text that is already HTML: what macros and gettext return. */
export class Markup {
  /** @param {string} html */
  constructor(html) {
    this.html = html;
  }
}

/** Stands in for an argument that a call leaves out, so that the macro puts its default there. */
export const missing = Symbol("missing");

const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#39;", '"': "&#34;" };

/**
 * The HTML for a value, as markupsafe.escape writes it.
 * @param {unknown} value
 * @returns {string}
 */
export function escaped(value) {
  if (value instanceof Markup) return value.html;
  return text(value).replace(/[&<>'"]/g, (sign) => entities[/** @type {keyof typeof entities} */ (sign)]);
}

/**
 * Python's str(). Fractions, lists and objects are formatted in code, not in templates.
 * @param {unknown} value
 * @returns {string}
 */
function text(value) {
  if (typeof value === "string") return value;
  if (value instanceof Markup) return value.html;
  if (value === null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (Number.isSafeInteger(value)) return String(value);
  throw unusable(value, "print");
}

/**
 * @param {unknown} value
 * @returns {boolean}
 */
export function truthy(value) {
  if (value === undefined) throw unusable(value, "test");
  if (value instanceof Markup) return value.html !== "";
  if (Array.isArray(value)) return value.length > 0;
  if (isObject(value)) return Object.keys(value).length > 0;
  return Boolean(value);
}

/**
 * @param {unknown} left
 * @param {() => unknown} right
 */
export const both = (left, right) => (truthy(left) ? right() : left);

/**
 * @param {unknown} left
 * @param {() => unknown} right
 */
export const either = (left, right) => (truthy(left) ? left : right());

/**
 * @param {unknown} owner
 * @param {string} name
 */
export function attribute(owner, name) {
  if (owner === undefined) throw unusable(owner, `read .${name} of`);
  return isObject(owner) && Object.hasOwn(owner, name) ? owner[name] : undefined;
}

/**
 * @param {unknown} owner
 * @param {unknown} key
 */
export function item(owner, key) {
  if (owner === undefined || owner instanceof Markup) throw unusable(owner, "look into");
  const place = typeof key === "boolean" ? Number(key) : key;
  if (typeof owner === "string" || Array.isArray(owner)) {
    return typeof place === "number" ? entries(owner).at(place) : undefined;
  }
  if (!isObject(owner)) return undefined;
  if (key === undefined) throw unusable(key, "look up");
  const name = key instanceof Markup ? key.html : key;
  return typeof name === "string" ? attribute(owner, name) : undefined;
}

/**
 * @param {unknown} left
 * @param {unknown} right
 * @returns {boolean}
 */
export function equal(left, right) {
  const [a, b] = [comparable(left), comparable(right)];
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, i) => same(one, b[i]));
  if (isObject(a) && isObject(b)) {
    const names = Object.keys(a);
    const alike = names.length === Object.keys(b).length;
    return alike && names.every((name) => Object.hasOwn(b, name) && same(a[name], b[name]));
  }
  return a === b;
}

/**
 * Python finds an element by identity before it compares.
 * @param {unknown} a
 * @param {unknown} b
 */
const same = (a, b) => (a === b && a !== undefined) || equal(a, b);

/**
 * Below zero, zero or above, as left stands before, at or after right. Text stands by code points.
 * @param {unknown} left
 * @param {unknown} right
 * @returns {number}
 */
export function order(left, right) {
  const [a, b] = [comparable(left), comparable(right)];
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a !== "string" || typeof b !== "string") throw unusable(a, "order");
  const [x, y] = [[...a], [...b]];
  const i = x.findIndex((sign, place) => sign !== y[place]);
  if (i < 0) return x.length - y.length;
  return i < y.length ? point(x[i]) - point(y[i]) : 1;
}

/** @param {string} sign */
const point = (sign) => /** @type {number} */ (sign.codePointAt(0));

/** @param {unknown} value */
function comparable(value) {
  if (value === undefined) throw unusable(value, "compare");
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
  if (Array.isArray(container)) return container.some((one) => same(one, sought));
  const name = sought instanceof Markup ? sought.html : sought;
  if (isObject(container)) {
    if (name === undefined || Array.isArray(name) || isObject(name)) throw unusable(name, "look up");
    return typeof name === "string" && Object.hasOwn(container, name);
  }
  const whole = container instanceof Markup ? container.html : container;
  if (typeof whole !== "string" || typeof name !== "string") throw unusable(container, "look into");
  return whole.includes(name);
}

/** @param {unknown[]} parts */
export const concat = (...parts) => join(parts, "");

/**
 * Plain text stays plain; one piece of markup makes markup of all, the plain pieces escaped.
 * @param {unknown} parts
 * @param {unknown} separator
 */
export function join(parts, separator) {
  const list = entries(parts);
  const marked = [separator, ...list].some((part) => part instanceof Markup);
  const write = marked ? escaped : text;
  const joined = list.map(write).join(write(separator));
  return marked ? new Markup(joined) : joined;
}

/**
 * What a loop goes through. The order of an object's keys is not Python's, so objects are refused.
 * @param {unknown} value
 * @returns {unknown[]}
 */
export function entries(value) {
  if (Array.isArray(value)) return value;
  if (typeof value === "string") return [...value];
  throw unusable(value, "go through");
}

/**
 * @param {unknown} value
 * @returns {number}
 */
export function length(value) {
  if (isObject(value)) return Object.keys(value).length;
  return entries(value instanceof Markup ? value.html : value).length;
}

/**
 * The filter `default`.
 * @param {unknown} value
 * @param {unknown} otherwise
 */
export const fallback = (value, otherwise) => (value === undefined ? otherwise : value);

/**
 * @param {unknown} value
 * @returns {number}
 */
export function number(value) {
  if (typeof value === "number" || typeof value === "boolean") return Number(value);
  throw unusable(value, "calculate with");
}

/**
 * A message, which is trusted, with its values, which are escaped.
 * @param {string} message
 * @param {Record<string, unknown>} [values]
 */
export function gettext(message, values = {}) {
  return new Markup(message.replace(/%(?:\((\w+)\)s|%)/g, (_, name) => (name ? escaped(values[name]) : "%")));
}

/**
 * The context of an included template: all that is around it, and the names set there.
 * @param {Record<string, unknown>} context
 * @param {Record<string, unknown>} names
 */
export function within(context, names) {
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
function unusable(value, verb) {
  return new TypeError(`cannot ${verb} ${value === undefined ? "an undefined value" : JSON.stringify(value)}`);
}
