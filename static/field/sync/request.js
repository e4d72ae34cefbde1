// One request: what the phone asks and sends, read from the stores in one snapshot.

import { inAccount } from "../store/db.js";
import { isDated } from "../store/outbox.js";
import { NEW_REPLICA } from "../store/schema.js";
import { BUILD, MAX_HELD, MAX_OPERATIONS, MAX_REQUEST_BYTES, PROTO } from "./protocol.js";

/** @typedef {import("../store/schema.js").Account} Account */
/** @typedef {import("../store/schema.js").Refused} Refused */
/** @typedef {import("../store/schema.js").ReplicaState} ReplicaState */
/** @typedef {import("./protocol.js").Operation} Operation */
/** @typedef {{count: (range: IDBKeyRange) => Promise<number>}} Queue by number */
/** @typedef {import("./protocol.js").Request} Request */

/** A body below this is not worth compressing, bytes. */
const COMPRESS_FROM = 1024;

/** @typedef {{turn: number, body: Request}} Composed `turn`: the replica's, at the snapshot. */
/** @typedef {{state: ReplicaState, count: number, first: Operation[], held: number[], next: number}} Snapshot */

/**
 * The next request of an account, with as many of its operations as fit, in order of their numbers.
 * @param {Account} account
 * @param {Date} now
 * @param {number} [limit] at most so many operations
 * @returns {Promise<Composed>}
 */
export async function compose(account, now, limit = MAX_OPERATIONS) {
  const { state, count, first, held, next } = await snapshot(account.account_id);
  const { scope, cursor } = state.filling ?? state;
  const body = {
    proto: PROTO,
    build: BUILD,
    device_id: account.device_id,
    sent_at: now.toISOString(),
    epoch: state.epoch,
    scope,
    cursor,
    queue: { count, oldest_at: oldest(first), next_seq: next, held },
    // Results are written to the copy that is read; one that is being filled has to be given every row.
    once: !state.filling,
    key: state.backup_key?.id,
    ops: /** @type {Operation[]} */ ([]),
  };
  body.ops = fitting(first.slice(0, limit), MAX_REQUEST_BYTES - sizeOf(body));
  return { turn: state.turn, body };
}

/**
 * The body as it travels: gzip where the browser can and it pays.
 * @param {Request} body
 * @returns {Promise<{body: BodyInit, headers: Record<string, string>}>}
 */
export async function encoded(body) {
  const text = JSON.stringify(body);
  const headers = { "Content-Type": "application/json" };
  if (text.length < COMPRESS_FROM || typeof CompressionStream === "undefined") return { body: text, headers };
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return { body: await new Response(stream).arrayBuffer(), headers: { ...headers, "Content-Encoding": "gzip" } };
}

/**
 * Of the queue only what can be sent now is read; the numbers of all the rest are counted.
 * @param {string} accountId
 * @returns {Promise<Snapshot>}
 */
function snapshot(accountId) {
  return inAccount(accountId, ["outbox", "fixes", "meta"], "readonly", async (tx) => {
    const meta = tx.objectStore("meta");
    const queue = tx.objectStore("outbox").index("by_seq");
    const [first, last, refused, replica, next, discarded] = await Promise.all([
      queue.getAll(null, MAX_OPERATIONS),
      queue.openKeyCursor(null, "prev"),
      tx.objectStore("fixes").getAll(),
      meta.get("replica"),
      meta.get("next_seq"),
      meta.get("discarded"),
    ]);
    const waiting = last ? await numbers(queue, first[0].seq, Number(last.key)) : [];
    const others = [...refused, ...(discarded ?? [])].map(({ seq }) => seq);
    const held = [...waiting, ...others].sort((one, other) => one - other);
    return {
      state: replica ?? NEW_REPLICA,
      count: waiting.length,
      first,
      held: held.slice(0, MAX_HELD),
      next: next ?? 1,
    };
  });
}

/**
 * The numbers from `first` to `last` that are in the queue. A stretch without a gap is told by its count; only one with
 * gaps is looked at half by half.
 * @param {Queue} queue
 * @param {number} first
 * @param {number} last
 * @returns {Promise<number[]>}
 */
async function numbers(queue, first, last) {
  const count = await queue.count(IDBKeyRange.bound(first, last));
  if (count === 0) return [];
  const length = last - first + 1;
  if (count >= length) return Array.from({ length }, (_, place) => first + place);
  const middle = Math.floor((first + last) / 2);
  return (await Promise.all([numbers(queue, first, middle), numbers(queue, middle + 1, last)])).flat();
}

/**
 * When the oldest was saved. A date that cannot be would have the whole request refused.
 * @param {Operation[]} queued the first of the queue
 */
function oldest(queued) {
  return queued.find(isDated)?.at ?? null;
}

/**
 * The first operations that fit into `room` bytes; one at least, for the server to judge.
 * @param {Operation[]} queued
 * @param {number} room
 */
function fitting(queued, room) {
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
