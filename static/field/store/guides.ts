// The commune's guides on this phone. They are not part of the replica's generations: a download of another hamlet's rows
// does not take them away.

import { inAccount, putAll } from "./db.ts";

/** @typedef {import("../core/protocol.ts").GuideRow} GuideRow */
/**
 * What the phone has: the newest change of a guide, in this epoch of the server. In `meta` under GUIDES_KEY.
 * @typedef {{epoch: string, cursor: number}} GuidePosition
 */

export const GUIDES_KEY = "guides";

/** @type {{stamp: string, guides: GuideRow[]} | undefined} */
let cached;

/**
 * The guides in their order; cached until one of them changes. Callers share the rows and must not change them.
 * @param {string} accountId
 * @returns {Promise<GuideRow[]>}
 */
export function loadGuides(accountId) {
  return inAccount(accountId, ["guides", "meta"], "readonly", async (tx) => {
    const meta = tx.objectStore("meta");
    const [position, installation] = await Promise.all([meta.get(GUIDES_KEY), meta.get("installation_id")]);
    const stamp = `${accountId} ${installation} ${position?.epoch} ${position?.cursor}`;
    if (cached?.stamp !== stamp) {
      /** @type {GuideRow[]} */
      const guides = await tx.objectStore("guides").getAll();
      cached = { stamp, guides: guides.sort((one, other) => one.order - other.order) };
    }
    return cached.guides;
  });
}

/**
 * The phone's cursor of guides, for a request in this epoch: 0 if it has none of them.
 * @param {GuidePosition | undefined} position
 * @param {string | undefined} epoch
 */
export function guideCursor(position, epoch) {
  return position && position.epoch === epoch ? position.cursor : 0;
}

/**
 * Stores guides that an answer of this epoch brought; false if there are none.
 * @param {string} accountId
 * @param {string} epoch
 * @param {GuideRow[]} rows
 * @returns {Promise<boolean>}
 */
export async function writeGuides(accountId, epoch, rows) {
  if (rows.length === 0) return false;
  const newest = Math.max(...rows.map(({ feed_seq }) => feed_seq));
  await inAccount(
    accountId,
    ["guides", "meta"],
    "readwrite",
    async (tx) => {
      const meta = tx.objectStore("meta");
      const cursor = Math.max(newest, guideCursor(await meta.get(GUIDES_KEY), epoch));
      putAll(tx, "guides", rows);
      await meta.put({ epoch, cursor }, GUIDES_KEY);
    },
    "relaxed",
  );
  return true;
}
