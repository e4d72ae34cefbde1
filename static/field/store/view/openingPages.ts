// The pages with which the app is opened, as they were rendered last: at the start they are shown before the rows of
// the list have been read. See docs/decisions/0035-the-first-screen-waits-for-nothing.md.

import { BUILD } from "../../core/protocol.ts";
import { language } from "../../core/strings.ts";
import { inAccount } from "../db.ts";
import { readStamps } from "./replica.ts";

/** @typedef {import("../db.ts").Transaction} Transaction */

const STORES = ["pages", "meta", "fixes"];

/**
 * The page as it was rendered last. Null if it would not show the same records today, or is not one that is stored.
 * @param {string} accountId
 * @param {{pathname: string, search: string}} url
 * @param {string} day today in Vietnam
 * @returns {Promise<string | null>}
 */
export async function loadOpeningPage(accountId, url, day) {
  if (!isOpeningPage(url)) return null;
  return inAccount(accountId, STORES, "readonly", async (tx) => {
    const [stamp, page] = await Promise.all([readStamp(tx, accountId, day), tx.objectStore("pages").get(url.pathname)]);
    return page?.stamp === stamp ? page.html : null;
  });
}

/**
 * A function that stores the response to a request. Call this before the page is rendered, so that the page is never
 * called newer than it is; it is not stored if it shows other records by then: rows that were deleted meanwhile must not
 * come back.
 * @param {string} accountId
 * @param {{pathname: string, search: string}} url
 * @param {string} day today in Vietnam
 * @returns {Promise<(response: Response) => Promise<void>>}
 */
export async function openingPageStore(accountId, url, day) {
  if (!isOpeningPage(url)) return async () => {};
  const stamp = await inAccount(accountId, STORES, "readonly", (tx) => readStamp(tx, accountId, day));
  return async (response) => {
    const page = { path: url.pathname, stamp, html: await response.text() };
    const save = async (/** @type {Transaction} */ tx) => {
      if ((await readStamp(tx, accountId, day)) === stamp) await tx.objectStore("pages").put(page);
    };
    if (response.status === 200) await inAccount(accountId, STORES, "readwrite", save, "relaxed");
  };
}

/** @param {{pathname: string, search: string}} url */
function isOpeningPage({ pathname, search }) {
  return /^\/field\/(households)?$/.test(pathname + search);
}

/**
 * @param {Transaction} tx
 * @param {string} accountId
 * @param {string} day
 */
async function readStamp(tx, accountId, day) {
  return `${BUILD} ${language} ${day} ${(await readStamps(tx, accountId)).view}`;
}
