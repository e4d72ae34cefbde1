// Builds a request from one snapshot of the stores.

import {
  type Answer,
  BUILD,
  MAX_HELD,
  MAX_OPERATIONS,
  MAX_REQUEST_BYTES,
  type Operation,
  PROTO,
  type Request,
} from "../core/protocol.ts";
import { type Failures, readFailures } from "../failures/failures.ts";
import { inAccount } from "../store/db.ts";
import { storedPublicKey } from "../store/deviceKey.ts";
import { hasPlausibleDate } from "../store/outbox.ts";
import { numbersBetween, type QueueKey, sendable } from "../store/outboxStore.ts";
import { type Account, keptFrom, NEW_REPLICA, RESEND_AT, type ReplicaState } from "../store/schema.ts";
import { GUIDES_KEY, type GuidePosition, guideCursor } from "../store/view/guides.ts";

/** the outbox */
type Queue = { count: (range: IDBKeyRange) => Promise<number> };

/** A smaller body is not compressed, bytes. */
const COMPRESS_FROM = 1024;

/** `revision`: the replica's at the snapshot. */
export type SyncRequest = { revision: number; body: Request };
/**
 * The stores at one moment: the replica's state, the operations to send, how many wait in all, and which numbers are not
 * in the server's hands. `guides`: which guides the phone has.
 */
export type Snapshot = {
  state: ReplicaState;
  guides?: GuidePosition;
  count: number;
  first: Operation[];
  held: number[];
  next: number;
};

/**
 * The next request of an account, with as many of its operations as fit, in order of their numbers.
 * @param limit at most so many operations
 */
export async function buildRequest(account: Account, now: Date, limit: number = MAX_OPERATIONS): Promise<SyncRequest> {
  const [snapshot, failures] = await Promise.all([readSnapshot(account.account_id), readFailures()]);
  const request = requestFrom(snapshot, account, now, limit, failures);
  // In the first request of every run: a restore may have lost it.
  request.body.device_key = await storedPublicKey();
  return request;
}

/** What the request after this one will send; null if nothing waits behind its operations. */
export async function readFollowing(accountId: string, { body }: SyncRequest): Promise<Snapshot | null> {
  const last = body.ops.at(-1);
  const snapshot = last ? await readSnapshot(accountId, last.seq) : null;
  return snapshot && snapshot.first.length > 0 ? snapshot : null;
}

/**
 * The request that continues at an answer whose results are not stored yet.
 * @param snapshot of `readFollowing`
 * @param limit at most so many operations
 */
export function followingRequest(
  snapshot: Snapshot,
  answer: Answer,
  account: Account,
  now: Date,
  limit: number = MAX_OPERATIONS,
): SyncRequest {
  const { state } = snapshot;
  const { epoch, scope, cursor } = answer;
  const moved = { ...state, epoch, scope, cursor, ...keptFrom(answer, state) };
  return requestFrom({ ...snapshot, state: moved }, account, now, limit);
}

/** @param failures once, in the first request of a run */
function requestFrom(
  { state, guides, count, first, held, next }: Snapshot,
  account: Account,
  now: Date,
  limit: number,
  failures?: Failures,
): SyncRequest {
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
    minimal_results: true,
    export_key_id: state.export_key?.id,
    // Guides come once the list is complete.
    guide_cursor: state.loading || !state.generation ? undefined : guideCursor(guides, state.epoch),
    periods_version: state.closed_periods?.version ?? 0,
    days_version: state.own_days ? state.days_version : "",
    failures,
    ops: [] as Operation[],
  };
  body.ops = takeFitting(first.slice(0, limit), MAX_REQUEST_BYTES - sizeOf(body));
  return { revision: state.revision, body };
}

/** The encoded body: compressed with gzip if the browser can and the body is large enough. */
export async function encodeBody(body: Request): Promise<{ body: BodyInit; headers: Record<string, string> }> {
  const text = JSON.stringify(body);
  const headers = { "Content-Type": "application/json" };
  if (text.length < COMPRESS_FROM || typeof CompressionStream === "undefined") return { body: text, headers };
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return { body: await new Response(stream).arrayBuffer(), headers: { ...headers, "Content-Encoding": "gzip" } };
}

/**
 * Reads only as many queued operations as one request can hold; of the others it only finds out the numbers.
 * @param after only the operations after this number
 */
function readSnapshot(accountId: string, after: number = 0): Promise<Snapshot> {
  return inAccount(accountId, ["outbox", "fixes", "meta"], "readonly", async (tx) => {
    const meta = tx.objectStore("meta");
    const queue = tx.objectStore("outbox");
    const [first, last, refused, replica, next, discarded, guides, resendAt] = await Promise.all([
      sendable(tx, after),
      queue.openKeyCursor(null, "prev") as Promise<{ key: QueueKey } | null>,
      tx.objectStore("fixes").getAll(),
      meta.get("replica"),
      meta.get("next_seq"),
      meta.get("discarded"),
      meta.get(GUIDES_KEY),
      meta.get(RESEND_AT),
    ]);
    const from = resendAt ? 1 : first[0]?.seq;
    const waiting = from && last ? await queuedNumbers(queue, from, last.key[0]) : [];
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
 */
async function queuedNumbers(queue: Queue, first: number, last: number): Promise<number[]> {
  const count = await queue.count(numbersBetween(first, last));
  if (count === 0) return [];
  const length = last - first + 1;
  if (count >= length) return Array.from({ length }, (_, offset) => first + offset);
  const middle = Math.floor((first + last) / 2);
  return (await Promise.all([queuedNumbers(queue, first, middle), queuedNumbers(queue, middle + 1, last)])).flat();
}

/**
 * When the oldest was saved. An implausible date is skipped: the server would refuse the whole request.
 * @param queued the first operations of the outbox
 */
function oldestDate(queued: Operation[]) {
  return queued.find(hasPlausibleDate)?.at ?? null;
}

/** The first operations that fit into `room` bytes; at least one, so that the server can refuse it. */
function takeFitting(queued: Operation[], room: number) {
  let left = room;
  const over = queued.findIndex((operation) => {
    left -= sizeOf(operation) + 1;
    return left < 0;
  });
  return over < 0 ? queued : queued.slice(0, Math.max(over, 1));
}

function sizeOf(value: unknown) {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}
