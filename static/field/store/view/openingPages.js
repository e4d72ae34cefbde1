// The pages with which the app is opened, as they were rendered last: at the start they are shown before the rows of
// the list have been read. See docs/decisions/0035-the-opening-page-is-stored.md.

import { BUILD } from "../../core/protocol.js";
import { inAccount } from "../db.js";
import { readStamps } from "./replica.js";

/** @typedef {import("../db.js").Transaction} Transaction */

/** Their addresses, without a query. */
const ADDRESSES = new Set(["/field/", "/field/households"]);
const STORES = ["opening_pages", "meta", "fixes"];

/**
 * Whether a page is stored for this address.
 * @param {{pathname: string, search: string}} url
 */
export function isOpeningPage({ pathname, search }) {
  return ADDRESSES.has(pathname) && search === "";
}

/**
 * What the page would be rendered from now: take it before the page is rendered, so that a page is never called newer
 * than it is.
 * @param {string} accountId
 * @param {string} day today in Vietnam
 * @returns {Promise<string>}
 */
export function openingStamp(accountId, day) {
  return inAccount(accountId, STORES, "readonly", (tx) => readStamp(tx, accountId, day));
}

/**
 * The page as it was rendered last, or null if it would not show the same records today.
 * @param {string} accountId
 * @param {string} path
 * @param {string} day today in Vietnam
 * @returns {Promise<string | null>}
 */
export function loadOpeningPage(accountId, path, day) {
  return inAccount(accountId, STORES, "readonly", async (tx) => {
    const [stamp, page] = await Promise.all([readStamp(tx, accountId, day), tx.objectStore("opening_pages").get(path)]);
    return page?.stamp === stamp ? page.html : null;
  });
}

/**
 * Stores a page, unless it shows other records by now: rows that were deleted meanwhile must not come back.
 * @param {string} accountId
 * @param {{path: string, day: string, stamp: string, html: string}} page
 */
export function saveOpeningPage(accountId, { day, ...page }) {
  const save = async (/** @type {Transaction} */ tx) => {
    if ((await readStamp(tx, accountId, day)) === page.stamp) await tx.objectStore("opening_pages").put(page);
  };
  return inAccount(accountId, STORES, "readwrite", save, "relaxed");
}

/**
 * @param {Transaction} tx
 * @param {string} accountId
 * @param {string} day
 */
async function readStamp(tx, accountId, day) {
  return `${BUILD} ${day} ${(await readStamps(tx, accountId)).view}`;
}
