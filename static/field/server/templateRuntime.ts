// The runtime of the compiled templates: Jinja2's rules for values, where JavaScript's differ. See docs/templates.md.
// `undefined` stands for Jinja2's StrictUndefined: using it throws.

import { translate } from "../core/strings.ts";

/** Text that is already HTML: what macros and gettext return. */
export class Markup {
  declare html: string;

  constructor(html: string) {
    this.html = html;
  }

  toString() {
    return this.html;
  }
}

/** The filter `safe`: HTML that the server has cleaned. Only guide.html may use it (tests/contract). */
export const safe = (value: unknown) => new Markup(toText(value));

/** The value of an argument that a call leaves out: the macro replaces it by its default. */
export const missing = Symbol("missing");

const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#39;", '"': "&#34;" };

/** The HTML for a value, as markupsafe.escape writes it. */
export function escapeHtml(value: unknown): string {
  if (value instanceof Markup) return value.html;
  return toText(value).replace(/[&<>'"]/g, (character) => entities[character as keyof typeof entities]);
}

/** Python's str(). Fractions, lists and objects are formatted in code, not in templates. */
function toText(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Markup) return value.html;
  if (value === null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (Number.isSafeInteger(value)) return String(value);
  throw operandError(value, "print");
}

export function isTruthy(value: unknown): boolean {
  if (value === undefined) throw operandError(value, "test");
  if (value instanceof Markup) return value.html !== "";
  if (Array.isArray(value)) return value.length > 0;
  if (isObject(value)) return Object.keys(value).length > 0;
  return Boolean(value);
}

export const and = (left: unknown, right: () => unknown) => (isTruthy(left) ? right() : left);

export const or = (left: unknown, right: () => unknown) => (isTruthy(left) ? left : right());

export function attribute(owner: unknown, name: string) {
  if (owner === undefined) throw operandError(owner, `read .${name} of`);
  return isObject(owner) && Object.hasOwn(owner, name) ? owner[name] : undefined;
}

export function item(owner: unknown, key: unknown) {
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

export function isEqual(left: unknown, right: unknown): boolean {
  const [a, b] = [comparable(left), comparable(right)];
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, i) => isSame(one, b[i]));
  if (isObject(a) && isObject(b)) {
    const names = Object.keys(a);
    const sameLength = names.length === Object.keys(b).length;
    return sameLength && names.every((name) => Object.hasOwn(b, name) && isSame(a[name], b[name]));
  }
  return a === b;
}

/** Python finds an element by identity before it compares. */
const isSame = (a: unknown, b: unknown) => (a === b && a !== undefined) || isEqual(a, b);

/** Negative, zero or positive, as left is before, equal to or after right. Text is ordered by code points. */
export function compare(left: unknown, right: unknown): number {
  const [a, b] = [comparable(left), comparable(right)];
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a !== "string" || typeof b !== "string") throw operandError(a, "order");
  const [x, y] = [[...a], [...b]];
  const i = x.findIndex((character, index) => character !== y[index]);
  if (i < 0) return x.length - y.length;
  return i < y.length ? codePoint(x[i]) - codePoint(y[i]) : 1;
}

const codePoint = (character: string) => character.codePointAt(0) as number;

function comparable(value: unknown) {
  if (value === undefined) throw operandError(value, "compare");
  if (value instanceof Markup) return value.html;
  return typeof value === "boolean" ? Number(value) : value;
}

/** Python's `sought in container`. */
export function contains(container: unknown, sought: unknown): boolean {
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

export const concat = (...parts: unknown[]) => join(parts, "");

/** Joins text. If one part is markup the result is markup, with the plain parts escaped. */
export function join(parts: unknown, separator: unknown) {
  const list = iterate(parts);
  const hasMarkup = [separator, ...list].some((part) => part instanceof Markup);
  const write = hasMarkup ? escapeHtml : toText;
  const joined = list.map(write).join(write(separator));
  return hasMarkup ? new Markup(joined) : joined;
}

/** The items of a loop. Objects are refused: the order of their keys is not Python's. */
export function iterate(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === "string") return [...value];
  throw operandError(value, "go through");
}

export function length(value: unknown): number {
  if (isObject(value)) return Object.keys(value).length;
  return iterate(value instanceof Markup ? value.html : value).length;
}

/** The filter `default`. */
export const defaultValue = (value: unknown, otherwise: unknown) => (value === undefined ? otherwise : value);

export function toNumber(value: unknown): number {
  if (typeof value === "number" || typeof value === "boolean") return Number(value);
  throw operandError(value, "calculate with");
}

/** A message (trusted HTML) in the language of the page, with its values (escaped). */
export function gettext(message: string, values: Record<string, unknown> = {}) {
  return new Markup(
    translate(message, values).replace(/%(?:\((\w+)\)s|%)/g, (_, name) => (name ? escapeHtml(values[name]) : "%")),
  );
}

/** The context of an included template: the including one's, with the names set there. */
export function includeContext(context: Record<string, unknown>, names: Record<string, unknown>) {
  return Object.assign(Object.create(context), names);
}

export function renderPage(
  pages: Record<string, (context: Record<string, unknown>, blocks: object) => string>,
  name: string,
  context: Record<string, unknown>,
): string {
  if (!Object.hasOwn(pages, name)) throw new Error(`there is no page ${name}`);
  return pages[name](Object.assign(Object.create(null), context), {});
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Markup);
}

function operandError(value: unknown, verb: string) {
  return new TypeError(`cannot ${verb} ${value === undefined ? "an undefined value" : JSON.stringify(value)}`);
}
