// A phone without contact for 30 days (or as the commune says) lets its list go and seals its queue: it may be lost. It
// is found by two starts on different days, so that one jump of the clock never does it.
// See docs/decisions/0138-a-lost-phone-tells-little.md.

import { localDay } from "../core/day.ts";
import { _ } from "../core/strings.ts";
import { keepContacts } from "../store/accounts.ts";
import { announce } from "../store/changes.ts";
import { inAccount, putAll, type Transaction } from "../store/db.ts";
import type { EncryptedQueue } from "../store/journal/journal.ts";
import { type Account, NEW_REPLICA, REPLICA_STORES, type ReplicaState } from "../store/schema.ts";
import { encryptedQueues, encryptQueue, replicaState } from "./encryptedQueue.ts";
import { CLEARED_AT } from "./erasedHouseholds.ts";

const DAY_MS = 24 * 3_600_000;
const USUAL_DAYS = 30;
/** So many days before, Hôm nay says what will happen. */
const WARNED_FOR = 7;
/** In `meta`: the first day on which a start found the phone silent for too long. */
const SILENT_SINCE = "silent_since";
/** No account has this scope: the next exchange brings the whole list. */
const SILENT_SCOPE = "sealed";
/** What stays readable: with these forms can still be filled in. */
const STAYS = ["replica_hamlet", "replica_service"];

/** Looks how long an account's phone was silent, and does what follows. */
export async function checkSilence(account: Account, now: Date) {
  const { account_id } = account;
  const state = await replicaState(account_id);
  const limit = state.silence_days ?? USUAL_DAYS;
  const days = silentDays(state, now);
  if (days >= limit && (await isSecondDay(account_id, localDay(now)))) {
    if (await encryptQueue(account, now)) await letListGo(account_id);
  }
  if (days < limit) await forgetDay(account_id);
  await say(account_id, now);
}

/** Since the newest answer, by the phone's clock as far as that was right then. */
function silentDays({ last_exchange_at, clock_offset = 0 }: ReplicaState, now: Date) {
  if (!last_exchange_at) return 0;
  return Math.floor((now.getTime() - clock_offset - Date.parse(last_exchange_at)) / DAY_MS);
}

/** Whether an earlier day has found the same; notes this one if none has. */
function isSecondDay(accountId: string, today: string) {
  return inAccount(accountId, ["meta"], "readwrite", async (tx) => {
    const meta = tx.objectStore("meta");
    const first = await meta.get(SILENT_SINCE);
    if (first && first < today) return true;
    await meta.put(today, SILENT_SINCE);
    return false;
  });
}

function forgetDay(accountId: string) {
  return inAccount(accountId, ["meta"], "readwrite", (tx) => tx.objectStore("meta").delete(SILENT_SINCE));
}

/** Deletes the list and its visits; hamlets and the catalog become a list of their own, so that recording goes on. */
async function letListGo(accountId: string) {
  const { scope, loading } = await replicaState(accountId);
  if (scope === SILENT_SCOPE && !loading) return;
  await keepContacts(accountId).catch(console.error); // whatever happens, the rows are deleted
  await inAccount(accountId, ["meta", "pages", ...REPLICA_STORES], "readwrite", async (tx) => {
    const meta = tx.objectStore("meta");
    const state: ReplicaState = (await meta.get("replica")) ?? NEW_REPLICA;
    const generation = Math.max(state.generation, state.loading?.generation ?? 0) + 1;
    const staying = await Promise.all(STAYS.map((store) => rowsOf(tx, store, state.generation)));
    await Promise.all(["pages", ...REPLICA_STORES].map((store) => tx.objectStore(store).clear()));
    STAYS.forEach((store, index) => {
      putAll(
        tx,
        store,
        staying[index].map((row) => ({ ...row, g: generation })),
      );
    });
    const { revision, view_version } = state;
    const position = { generation, loading: undefined, scope: SILENT_SCOPE, cursor: 0, own_days: undefined };
    await Promise.all([
      // The new revision invalidates an answer that is on its way.
      meta.put({ ...state, ...position, revision: revision + 1, view_version: view_version + 1 }, "replica"),
      meta.delete("aliases"),
      meta.delete("undo_log"),
    ]);
  });
}

function rowsOf(tx: Transaction, store: string, generation: number): Promise<object[]> {
  return tx.objectStore(store).getAll(IDBKeyRange.bound([generation], [generation, []]));
}

/** Has Hôm nay say what has left this phone, or will, or nothing. */
export async function say(accountId: string, now: Date) {
  const encrypted = encryptedText(await encryptedQueues(accountId));
  const changed = await inAccount(accountId, ["meta", "pages"], "readwrite", async (tx) => {
    const meta = tx.objectStore("meta");
    const state: ReplicaState = (await meta.get("replica")) ?? NEW_REPLICA;
    const sentences = [
      silenceText(state, silentDays(state, now), state.silence_days ?? USUAL_DAYS),
      encrypted,
      (await meta.get(CLEARED_AT)) ? _("Một hộ đã được xóa theo yêu cầu; lượt ghi ở hộ đó không còn.") : "",
    ];
    const silence = sentences.filter(Boolean).join(" ") || undefined;
    if (silence === state.silence && encrypted === state.encrypted) return false;
    await Promise.all([
      tx.objectStore("pages").clear(),
      meta.put({ ...state, silence, encrypted, view_version: state.view_version + 1 }, "replica"),
    ]);
    return true;
  });
  if (changed) announce({ kind: "replica", account_id: accountId });
}

/** How many operations are sealed and not delivered; an empty text if none is, undefined if nothing was ever sealed. */
function encryptedText(queues: EncryptedQueue[]) {
  if (!queues.length) return undefined;
  const waiting = queues.filter(({ delivered_at }) => !delivered_at);
  const n = waiting.reduce((sum, { ops }) => sum + ops.length, 0);
  return n > 0 ? _("%(n)s lượt chưa gửi đã niêm phong, có mạng sẽ gửi về đủ.", { n }) : "";
}

function silenceText({ scope }: ReplicaState, days: number, limit: number) {
  if (days < limit - WARNED_FOR) return "";
  return scope === SILENT_SCOPE ? goneText(days) : warning(days, limit);
}

function goneText(days: number) {
  return _("%(days)s ngày không liên lạc: danh sách hộ đã xóa. Có mạng, mở ứng dụng để nhận lại. Vẫn ghi được.", {
    days,
  });
}

function warning(days: number, limit: number) {
  return _("%(days)s ngày chưa liên lạc. Quá %(limit)s ngày, danh sách hộ tự xóa: mở ứng dụng khi có mạng.", {
    days,
    limit,
  });
}
