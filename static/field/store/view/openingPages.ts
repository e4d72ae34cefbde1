// The pages with which the app is opened, as they were rendered last: at the start the worker answers with them, before
// the app's code runs and the rows of the list are read. See docs/decisions/0035-the-first-screen-waits-for-nothing.md.

import { BUILD } from "../../core/protocol.ts";
import { inAccount, type Transaction } from "../db.ts";
import { readStamps } from "./stamps.ts";

const STORES = ["pages", "meta", "fixes"];

/**
 * The page as it was rendered last, and in which language. Null if it would not show the same records today, or is not
 * one that is stored.
 * @param day today in Vietnam
 */
export async function loadOpeningPage(
  accountId: string,
  url: { pathname: string; search: string },
  day: string,
): Promise<{ html: string; language: string } | null> {
  if (!isOpeningPage(url)) return null;
  return inAccount(accountId, STORES, "readonly", async (tx) => {
    const [stamp, page] = await Promise.all([readStamp(tx, accountId, day), tx.objectStore("pages").get(url.pathname)]);
    return page?.stamp === stamp ? page : null;
  });
}

/**
 * A function that stores the response to a request. Call this before the page is rendered, so that the page is never
 * called newer than it is; it is not stored if it shows other records by then: rows that were deleted meanwhile must
 * not come back.
 * @param day today in Vietnam
 */
export async function openingPageStore(
  accountId: string,
  url: { pathname: string; search: string },
  day: string,
  language: string,
): Promise<(response: Response) => Promise<void>> {
  const stamp = await inAccount(accountId, STORES, "readonly", (tx) => readStamp(tx, accountId, day));
  return async (response) => {
    const page = { path: url.pathname, stamp, language, html: await response.text() };
    const save = async (tx: Transaction) => {
      if ((await readStamp(tx, accountId, day)) === stamp) await tx.objectStore("pages").put(page);
    };
    if (response.status === 200) await inAccount(accountId, STORES, "readwrite", save, "relaxed");
  };
}

export function isOpeningPage({ pathname, search }: { pathname: string; search: string }) {
  return /^\/field\/(households)?$/.test(pathname + search);
}

async function readStamp(tx: Transaction, accountId: string, day: string) {
  return `${BUILD} ${day} ${(await readStamps(tx, accountId)).view}`;
}
