// The commune's guides on this phone. They are not part of the replica's generations: a download of another hamlet's rows
// does not take them away.

import type { GuideRow } from "../../core/protocol.ts";
import { inAccount, putAll } from "../db.ts";

/** What the phone has: the newest change of a guide, in this epoch of the server. In `meta` under GUIDES_KEY. */
export type GuidePosition = { epoch: string; cursor: number };

export const GUIDES_KEY = "guides";

/** The phone's cursor of guides, for a request in this epoch: 0 if it has none of them. */
export function guideCursor(position: GuidePosition | undefined, epoch: string | undefined) {
  return position && position.epoch === epoch ? position.cursor : 0;
}

/**
 * Stores guides that an answer of this epoch brought; false if there are none. The first of an epoch are all that the
 * server has: a guide that only the phone knows was added after the backup.
 */
export async function writeGuides(accountId: string, epoch: string, rows: GuideRow[]): Promise<boolean> {
  if (!rows.length) return false;
  const cursor = Math.max(...rows.map(({ feed_seq }) => feed_seq));
  await inAccount(
    accountId,
    ["guides", "meta"],
    "readwrite",
    async (tx) => {
      const meta = tx.objectStore("meta");
      const known = guideCursor(await meta.get(GUIDES_KEY), epoch);
      if (!known) tx.objectStore("guides").clear();
      putAll(tx, "guides", rows);
      await meta.put({ epoch, cursor }, GUIDES_KEY);
    },
    "relaxed",
  );
  return true;
}
