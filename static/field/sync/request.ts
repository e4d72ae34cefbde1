// Builds a request from one snapshot of the stores.

import { BUILD, MAX_HELD, MAX_OPERATIONS, MAX_REQUEST_BYTES, PROTO } from "../core/protocol.ts";
import { storedPublicKey } from "../export/deviceKey.ts";
import { readFailures } from "../failures/failures.ts";
import { inAccount } from "../store/db.ts";
import { GUIDES_KEY, guideCursor } from "../store/guides.ts";
import { hasPlausibleDate } from "../store/outbox.ts";
import { numbersBetween } from "../store/outboxStore.ts";
import { keptFrom, NEW_REPLICA } from "../store/schema.ts";

/** @typedef {import("../store/outboxStore.ts").QueueKey} QueueKey */
/** @typedef {import("../store/schema.ts").Account} Account */
/** @typedef {import("../store/schema.ts").RefusedOperation} RefusedOperation */
/** @typedef {import("../store/schema.ts").ReplicaState} ReplicaState */
/** @typedef {import("../core/protocol.ts").Operation} Operation */
/** @typedef {{count: (range: IDBKeyRange) => Promise<number>}} Queue the outbox */
/** @typedef {import("../core/protocol.ts").Request} Request */

/** A smaller body is not compressed, bytes. */
const COMPRESS_FROM = 1024;

/** @typedef {{revision: number, body: Request}} SyncRequest `revision`: the replica's at the snapshot. */
/**
 * The stores at one moment: the replica's state, the operations to send and, of all that wait, how many they are, when the
 * oldest was saved and which numbers are not in the server's hands. `guides`: which guides the phone has.
 * @typedef {{state: ReplicaState, guides?: import("../store/guides.ts").GuidePosition, count: number, first: Operation[], held: number[], next: number}} Snapshot
 */

/**
 * The next request of an account, with as many of its operations as fit, in order of their numbers.
 * @param {Account} account
 * @param {Date} now
 * @param {number} [limit] at most so many operations
 * @returns {Promise<SyncRequest>}
 */
export async function buildRequest(account, now, limit = MAX_OPERATIONS) {
  const [snapshot, failures] = await Promise.all([readSnapshot(account.account_id), readFailures()]);
  const request = requestFrom(snapshot, account, now, limit, failures);
  // In the first request of every run: a restore may have lost it.
  request.body.device_key = await storedPublicKey();
  return request;
}

/**
 * What the request after this one will send; null if nothing waits behind its operations.
 * @param {string} accountId
 * @param {SyncRequest} request
 * @returns {Promise<Snapshot | null>}
 */
export async function readFollowing(accountId, { body }) {
  const last = body.ops.at(-1);
  const snapshot = last ? await readSnapshot(accountId, last.seq) : null;
  return snapshot && snapshot.first.length > 0 ? snapshot : null;
}

/**
 * The request that continues at an answer whose results are not stored yet.
 * @param {Snapshot} snapshot of `readFollowing`
 * @param {import("../core/protocol.ts").Answer} answer
 * @param {Account} account
 * @param {Date} now
 * @param {number} [limit] at most so many operations
 * @returns {SyncRequest}
 */
export function followingRequest(snapshot, answer, account, now, limit = MAX_OPERATIONS) {
  const { state } = snapshot;
  const { epoch, scope, cursor } = answer;
  const moved = { ...state, epoch, scope, cursor, ...keptFrom(answer, state) };
  return requestFrom({ ...snapshot, state: moved }, account, now, limit);
}

/**
 * @param {Snapshot} snapshot
 * @param {Account} account
 * @param {Date} now
 * @param {number} limit
 * @param {import("../failures/failures.ts").Failures} [failures] once, in the first request of a run
 * @returns {SyncRequest}
 */
function requestFrom({ state, guides, count, first, held, next }, account, now, limit, failures) {
  const { scope, cursor } = state.loading ?? state;
  const body = {
    proto: PROTO,
    build: BUILD,
    device_id: account.device_id,
    sent_at: now.toISOString(),
    epoch: state.epoch,
    scope,
    cursor,
    queue: { count, oldest_at: oldestDate(first), next_seq: next, held },
    // Results are written to the readable generation; one that is being downloaded needs every row.
    omit_result_rows: !state.loading,
    export_key_id: state.export_key?.id,
    // Guides come once the list is complete.
    guide_cursor: state.loading || !state.generation ? undefined : guideCursor(guides, state.epoch),
    periods_version: state.closed_periods?.version ?? 0,
    failures,
    ops: /** @type {Operation[]} */ ([]),
  };
  body.ops = takeFitting(first.slice(0, limit), MAX_REQUEST_BYTES - sizeOf(body));
  return { revision: state.revision, body };
}

/**
 * The encoded body: compressed with gzip if the browser can and the body is large enough.
 * @param {Request} body
 * @returns {Promise<{body: BodyInit, headers: Record<string, string>}>}
 */
export async function encodeBody(body) {
  const text = JSON.stringify(body);
  const headers = { "Content-Type": "application/json" };
  if (text.length < COMPRESS_FROM || typeof CompressionStream === "undefined") return { body: text, headers };
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return { body: await new Response(stream).arrayBuffer(), headers: { ...headers, "Content-Encoding": "gzip" } };
}

/**
 * Reads only as many queued operations as one request can hold; of the others it only finds out the numbers.
 * @param {string} accountId
 * @param {number} [after] only the operations after this number
 * @returns {Promise<Snapshot>}
 */
function readSnapshot(accountId, after = 0) {
  return inAccount(accountId, ["outbox", "fixes", "meta"], "readonly", async (tx) => {
    const meta = tx.objectStore("meta");
    const queue = tx.objectStore("outbox");
    const [first, last, refused, replica, next, discarded, guides] = await Promise.all([
      queue.getAll(IDBKeyRange.lowerBound([after, []]), MAX_OPERATIONS),
      /** @type {Promise<{key: QueueKey} | null>} */ (queue.openKeyCursor(null, "prev")),
      tx.objectStore("fixes").getAll(),
      meta.get("replica"),
      meta.get("next_seq"),
      meta.get("discarded"),
      meta.get(GUIDES_KEY),
    ]);
    const waiting = first[0] && last ? await queuedNumbers(queue, first[0].seq, last.key[0]) : [];
    const others = [...refused, ...(discarded ?? [])].map(({ seq }) => seq);
    const held = [...waiting, ...others].sort((one, other) => one - other);
    return {
      state: replica ?? NEW_REPLICA,
      guides,
      count: waiting.length,
      first,
      held: held.slice(0, MAX_HELD),
      next: next ?? 1,
    };
  });
}

/**
 * The numbers from `first` to `last` that are in the outbox. If the count shows a range without gaps, no key is read; a
 * range with gaps is split in half.
 * @param {Queue} queue
 * @param {number} first
 * @param {number} last
 * @returns {Promise<number[]>}
 */
async function queuedNumbers(queue, first, last) {
  const count = await queue.count(numbersBetween(first, last));
  if (count === 0) return [];
  const length = last - first + 1;
  if (count >= length) return Array.from({ length }, (_, offset) => first + offset);
  const middle = Math.floor((first + last) / 2);
  return (await Promise.all([queuedNumbers(queue, first, middle), queuedNumbers(queue, middle + 1, last)])).flat();
}

/**
 * When the oldest was saved. An implausible date is skipped: the server would refuse the whole request.
 * @param {Operation[]} queued the first operations of the outbox
 */
function oldestDate(queued) {
  return queued.find(hasPlausibleDate)?.at ?? null;
}

/**
 * The first operations that fit into `room` bytes; at least one, so that the server can refuse it.
 * @param {Operation[]} queued
 * @param {number} room
 */
function takeFitting(queued, room) {
  let left = room;
  const over = queued.findIndex((operation) => {
    left -= sizeOf(operation) + 1;
    return left < 0;
  });
  return over < 0 ? queued : queued.slice(0, Math.max(over, 1));
}

/** @param {unknown} value */
function sizeOf(value) {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}
