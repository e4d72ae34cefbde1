// Seals the queue of a phone that was silent for long: encrypted for the commune's server, so that neither a finder nor
// this phone can read it. See docs/decisions/0138-a-lost-phone-tells-little.md.

import { localDay } from "../core/day.ts";
import { encryptExport } from "../core/exportEnvelope.ts";
import type { ExportKeyRow, Operation } from "../core/protocol.ts";
import { deleteAll, inAccount, putAll, type Transaction } from "../store/db.ts";
import { signJson } from "../store/deviceKey.ts";
import { type EncryptedQueue, readEncrypted, removeEncrypted, writeEncrypted } from "../store/journal/journal.ts";
import { removeFromJournal, updateManifest } from "../store/journal/journalSync.ts";
import { withoutAcknowledgement } from "../store/operationStores.ts";
import { unsentOperations } from "../store/outbox.ts";
import { type Account, NEW_REPLICA, OPERATION_STORES, RETENTION_MS, type RefusedOperation } from "../store/schema.ts";
import { allSent, removeSent } from "../store/sentStore.ts";

/** In `meta`. */
const ENCRYPTED = "encrypted_queues";
/** Operations of one file, so that each is far below what the server takes. */
const FILE_OPS = 2_000;
/** A sealed number is held until its file is delivered: it never expires. */
const NEVER = "9999-12-31T00:00:00.000Z";

type Discarded = { op_id: string; seq: number; at: string };

/** What the server said of a delivered queue: the refused operations are their author's to correct. */
export type QueueAnswer = { refused: { op: Operation; code: string; fields: string[] }[] };

/**
 * Seals what is queued or refused, but for what was recorded on the day of `now`: that stays on screen until the next
 * day. A person may go on recording meanwhile. Also what was sent: a server that was restored during the silence has to
 * get it again. Returns false if the commune's key is not known: then all stays as it is.
 */
export async function encryptQueue(account: Account, now: Date): Promise<boolean> {
  const { account_id } = account;
  const unsent = (await unsentOperations(account_id)).filter(({ at }) => localDay(at) !== localDay(now));
  const sent = await inAccount(account_id, ["sent"], "readonly", allSent);
  const { export_key } = await replicaState(account_id);
  if (!export_key) return unsent.length + sent.length === 0;
  for (const ops of inFiles(unsent)) await encryptFile(account, export_key, ops, {});
  for (const epoch of new Set(sent.map(({ acked_epoch }) => acked_epoch))) {
    const acked = sent.filter(({ acked_epoch }) => acked_epoch === epoch);
    const delivered_at = acked
      .map(({ acked_at }) => acked_at)
      .sort()
      .at(-1);
    const delivered = { delivered_at, delivered_epoch: epoch };
    for (const ops of inFiles(acked.map(withoutAcknowledgement)))
      await encryptFile(account, export_key, ops, delivered);
  }
  return true;
}

function inFiles(ops: Operation[]) {
  const count = Math.ceil(ops.length / FILE_OPS);
  return Array.from({ length: count }, (_, index) => ops.slice(index * FILE_OPS, (index + 1) * FILE_OPS));
}

/** Writes the file, then puts it in the place of its operations; their journal files go last. */
async function encryptFile(
  { account_id, commune_id, device_id }: Account,
  key: ExportKeyRow,
  ops: Operation[],
  delivered: Pick<EncryptedQueue, "delivered_at" | "delivered_epoch">,
) {
  const content = await signJson(JSON.stringify({ commune_id, account_id, device_id, ops }));
  const file = await encryptExport(key, commune_id, content);
  const numbers = ops.map(({ op_id, seq }) => ({ op_id, seq }));
  const id = crypto.randomUUID();
  const queue = { id, content: base64(await file.arrayBuffer()), ops: numbers, ...delivered };
  await writeEncrypted(account_id, queue);
  await replaceByEncrypted(account_id, queue);
  await removeFromJournal(
    account_id,
    numbers.map(({ op_id }) => op_id),
  );
}

/** All sealed queues, also those that only the private folder has. */
export async function encryptedQueues(accountId: string): Promise<EncryptedQueue[]> {
  const [stored, copies] = await Promise.all([storedQueues(accountId), readEncrypted(accountId)]);
  return [...new Map([...copies, ...stored].map((queue) => [queue.id, queue])).values()];
}

/**
 * Stores that the server has a queue. The file stays for 30 days, as everything that was sent: a restored server may have
 * lost it.
 */
export async function markDelivered(
  accountId: string,
  queue: EncryptedQueue,
  { refused }: QueueAnswer,
  delivered: { at: string; epoch: string },
) {
  const ids = new Set(refused.map(({ op }) => op.op_id));
  const ops = queue.ops.filter(({ op_id }) => !ids.has(op_id));
  const done = { ...queue, ops, delivered_at: delivered.at, delivered_epoch: delivered.epoch };
  await writeEncrypted(accountId, done);
  await inAccount(accountId, ["fixes", "meta"], "readwrite", async (tx) => {
    const others = (await allStored(tx)).filter(({ id }) => id !== queue.id);
    const isNew = !queue.delivered_at;
    if (isNew)
      putAll(
        tx,
        "fixes",
        refused.map((one) => toRefused(one, delivered.at)),
      );
    await tx.objectStore("meta").put([...others, done], ENCRYPTED);
    await changeDiscarded(tx, queue.ops, done.ops, delivered.at);
    await touch(tx);
  });
  await updateManifest(accountId);
}

/** Deletes the files that were delivered more than 30 days ago. */
export async function purgeDelivered(accountId: string, serverTime: string) {
  const before = new Date(Date.parse(serverTime) - RETENTION_MS).toISOString();
  const expired = (await encryptedQueues(accountId)).filter(
    ({ delivered_at }) => delivered_at && delivered_at < before,
  );
  if (!expired.length) return;
  const ids = expired.map(({ id }) => id);
  await inAccount(accountId, ["meta"], "readwrite", async (tx) => {
    const others = (await allStored(tx)).filter(({ id }) => !ids.includes(id));
    await tx.objectStore("meta").put(others, ENCRYPTED);
  });
  await removeEncrypted(accountId, ids);
}

export function replicaState(accountId: string) {
  return inAccount(
    accountId,
    ["meta"],
    "readonly",
    async (tx) => (await tx.objectStore("meta").get("replica")) ?? NEW_REPLICA,
  );
}

/** In one transaction: what left the queue meanwhile was sent and needs no seal, and the file has it once more. */
function replaceByEncrypted(accountId: string, queue: EncryptedQueue) {
  return inAccount(accountId, [...OPERATION_STORES, "meta"], "readwrite", async (tx) => {
    const meta = tx.objectStore("meta");
    const keys = queue.ops.map(({ seq, op_id }) => [seq, op_id]);
    const ids = queue.ops.map(({ op_id }) => op_id);
    deleteAll(tx, "outbox", keys);
    deleteAll(tx, "fixes", ids);
    await removeSent(tx, ids);
    await meta.put([...(await allStored(tx)), queue], ENCRYPTED);
    await changeDiscarded(tx, queue.ops, queue.ops, queue.delivered_at ?? NEVER);
    await touch(tx);
  });
}

/**
 * Names numbers among those that are not lost (`held`), until `at`.
 * @param ops all of a queue
 * @param named those of them that are neither in the outbox nor in `fixes`
 */
async function changeDiscarded(tx: Transaction, ops: EncryptedQueue["ops"], named: EncryptedQueue["ops"], at: string) {
  const meta = tx.objectStore("meta");
  const ids = new Set(ops.map(({ op_id }) => op_id));
  const others = ((await meta.get("discarded")) ?? []).filter(({ op_id }: Discarded) => !ids.has(op_id));
  await meta.put([...others, ...named.map((op) => ({ ...op, at }))], "discarded");
}

/** Has the pages that were drawn from the replica drawn anew. */
async function touch(tx: Transaction) {
  const meta = tx.objectStore("meta");
  const state = (await meta.get("replica")) ?? NEW_REPLICA;
  await meta.put({ ...state, view_version: state.view_version + 1 }, "replica");
}

function toRefused({ op, code, fields }: QueueAnswer["refused"][number], at: string): RefusedOperation {
  return { ...op, code, fields, refused_at: at };
}

function storedQueues(accountId: string): Promise<EncryptedQueue[]> {
  return inAccount(accountId, ["meta"], "readonly", allStored);
}

async function allStored(tx: Transaction): Promise<EncryptedQueue[]> {
  return (await tx.objectStore("meta").get(ENCRYPTED)) ?? [];
}

function base64(bytes: ArrayBuffer) {
  return btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(""));
}
