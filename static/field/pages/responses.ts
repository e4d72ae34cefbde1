// The requests and responses of pages.

import { _ } from "../core/strings.ts";

/** @typedef {import("../store/db.ts").Account} Account */

/**
 * @typedef {object} Environment What pages need from the browser and the rest of the app. Tests pass their own.
 * @property {() => Date} now
 * @property {() => string} newId a UUIDv7
 * @property {typeof fetch} fetch
 * @property {string} deviceName the name under which the server lists this phone
 * @property {(accountId: string) => void} send starts a run of sync and does not wait for it
 * @property {() => Sync} sync the state of the newest sync run
 * @property {() => boolean} isUpdateReady whether a newer version of the app is ready
 * @property {() => void} update activates it
 * @property {() => Promise<boolean>} isStored whether the whole app is stored on the phone
 * @property {() => boolean} canShare whether the system's share sheet takes a text file
 * @property {() => Promise<Pick<typeof import("../later/main.ts"), "ROUTES" | "render"> & {env?: LaterEnvironment}>} loadLater
 *   loads the pages that the first screen does not need
 * @property {typeof import("../store/view/replica.ts").loadView} loadView for those pages: their bundle has its own copy
 *   of the store, which would read the whole list once more
 * @property {typeof import("../store/view/replica.ts").loadLog} loadLog the same
 * @property {() => void} deliver delivers the files of other phones, and does not wait for it
 * @property {typeof import("../store/view/openingPages.ts").openingPageStore} [openingPageStore] stores pages for the
 *   next start
 * @property {() => boolean} canInstall whether the app can get onto the home screen from here
 */

/**
 * @typedef {object} LaterEnvironment What only the pages that are loaded later need besides.
 * @property {() => boolean} isSunny whether Chế độ ngoài nắng is on
 * @property {(on: boolean) => void} setSunny
 * @property {() => string} textSize the chosen size of text
 * @property {(size: string) => void} setTextSize
 * @property {(file: Blob, name: string) => void} download hands a file to the browser
 * @property {(text: string, name: string) => Promise<boolean>} share opens the share sheet; false if nothing was chosen
 */

/**
 * @typedef {object} Sync
 * @property {string} outcome how the newest run ended; empty before the first
 * @property {import("../sync/engine.ts").Progress | null} progress while a run goes on
 */

/**
 * @typedef {object} PageRequest A parsed request.
 * @property {Environment} env
 * @property {URL} url
 * @property {Record<string, string>} params the values of the path's `:parameters`
 * @property {URLSearchParams} form the fields of a POST; empty for a GET
 * @property {File | null} file of a form that has one
 */

/** @typedef {PageRequest & {account: Account}} SignedInRequest A request with a signed-in account. */

/** @typedef {SignedInRequest & {env: LaterEnvironment}} LaterRequest The same for a page that is loaded later. */

/** @typedef {(template: string, context: Record<string, unknown>) => string} Render */
/** @typedef {{template: string, context: Record<string, unknown>, status: number, render?: Render}} Page `render`: of a page that is loaded later. */
/** @typedef {{location: string}} Redirect */
/** @typedef {Page | Redirect} PageResponse */

/**
 * A page: a template and its context.
 * @param {string} template
 * @param {Record<string, unknown>} context
 * @param {number} [status] 422 where a form cannot be saved as it is
 * @returns {Page}
 */
export function page(template, context, status = 200) {
  return { template: `field/${template}.html`, context, status };
}

/**
 * A redirect (303).
 * @param {string} address
 * @returns {Redirect}
 */
export function redirect(address) {
  return { location: address };
}

/**
 * Whether this tab was redirected here because another tab saved the same form.
 * @param {URL} url
 */
export function isSavedElsewhere(url) {
  return url.searchParams.get("done") === "elsewhere";
}

/**
 * What is said after a new visit was undone; else an empty text.
 * @param {URL} url
 */
export function undoneText(url) {
  return url.searchParams.get("done") === "undone" ? _("Đã hoàn tác. Lượt vừa ghi không được tính.") : "";
}

/**
 * The household with this id, or the one it was merged into. Throws `NotFound`.
 * @param {import("../store/view/overlay.ts").View} view
 * @param {string} id
 */
export function findHousehold(view, id) {
  return findRow(view.households, survivorOf(view, id));
}

/**
 * The id of the household that this one was merged into, or its own.
 * @param {import("../store/view/overlay.ts").View} view
 * @param {string} id
 */
export function survivorOf({ aliases }, id) {
  return aliases.get(id) ?? id;
}

/** The record is not on this phone. */
export class NotFound extends Error {
  name = "NotFound";
}

/**
 * By name: each bundle has a class of its own.
 * @param {unknown} error
 */
export function isNotFound(error) {
  return error instanceof Error && error.name === "NotFound";
}

/**
 * The row with this id. Throws `NotFound`.
 * @template Row
 * @param {Map<string, Row>} rows
 * @param {string} id
 * @returns {Row}
 */
export function findRow(rows, id) {
  const row = rows.get(id);
  if (row === undefined) throw new NotFound(id);
  return row;
}
