// What a page is given and what it answers.

/** @typedef {import("../store/db.js").Account} Account */

/**
 * @typedef {object} World What pages need from around them; tests give their own.
 * @property {() => Date} now
 * @property {() => string} newId a random UUID
 * @property {typeof fetch} fetch
 * @property {string} deviceName how the server calls this phone
 * @property {(accountId: string) => void} send starts a run of sync and does not wait for it
 * @property {() => Sync} sync what is known of the newest run
 * @property {() => boolean} updateWaits whether a newer version of the app is ready
 * @property {() => void} update changes over to it
 * @property {() => boolean} isSunny whether Chế độ ngoài nắng is on
 * @property {(on: boolean) => void} setSunny
 * @property {(key: import("../sync/protocol.js").BackupKeyRow, content: object) => Promise<Blob>} seal a file for the server
 * @property {(file: Blob, name: string) => void} download hands a file to the browser
 * @property {() => boolean} canInstall whether the app can get onto the home screen from here
 */

/**
 * @typedef {object} Sync
 * @property {string} outcome how the newest run ended; empty before the first
 * @property {import("../sync/engine.js").Progress | null} progress while a run goes on
 */

/**
 * @typedef {object} Ask A request, taken apart.
 * @property {World} world
 * @property {URL} url
 * @property {Record<string, string>} params what stands at the address's `:places`
 * @property {URLSearchParams} form the fields of a POST; empty for a GET
 */

/** @typedef {Ask & {account: Account}} SignedIn A request of somebody who is signed in. */

/** @typedef {{template: string, context: Record<string, unknown>, status: number}} Page */
/** @typedef {{see: string}} Redirect */
/** @typedef {Page | Redirect} Answer */

/**
 * A page: a template and all it reads.
 * @param {string} template
 * @param {Record<string, unknown>} context
 * @param {number} [status] 422 where a form cannot be saved as it is
 * @returns {Page}
 */
export function page(template, context, status = 200) {
  return { template: `field/${template}.html`, context, status };
}

/**
 * Go on there (303).
 * @param {string} address
 * @returns {Redirect}
 */
export function see(address) {
  return { see: address };
}

/**
 * Whether another tab has saved what the form of this one was about, and led here.
 * @param {URL} url
 */
export function isSavedElsewhere(url) {
  return url.searchParams.get("done") === "elsewhere";
}

/**
 * The household of this id, or the one it was merged into; or `NotHere`.
 * @param {import("../store/overlay.js").Book} known
 * @param {string} id
 */
export function homeAt({ households, aliases }, id) {
  return found(households, aliases.get(id) ?? id);
}

/** What is asked for is not on this phone. */
export class NotHere extends Error {}

/**
 * The row, or `NotHere`.
 * @template Row
 * @param {Map<string, Row>} rows
 * @param {string} id
 * @returns {Row}
 */
export function found(rows, id) {
  const row = rows.get(id);
  if (row === undefined) throw new NotHere(id);
  return row;
}
