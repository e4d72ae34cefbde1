// Which state of an account's records a page or a view shows.

import type { Transaction } from "../db.ts";

/**
 * What changes the view changes its stamp: saving takes a number, discarding lowers the count of refused operations,
 * and sync/ raises view_version. `replica`: the stamp of the server's rows alone.
 * @param tx over `meta` and `fixes` at least
 */
export async function readStamps(tx: Transaction, accountId: string) {
  const meta = tx.objectStore("meta");
  const [installation_id, replica, next, refused] = await Promise.all([
    meta.get("installation_id"),
    meta.get("replica"),
    meta.get("next_seq"),
    tx.objectStore("fixes").count(),
  ]);
  const stamp = `${accountId} ${installation_id} ${replica?.view_version}`;
  return { generation: replica?.generation ?? 0, replica: stamp, view: `${stamp} ${next} ${refused}` };
}
