// Stores the results of an answer and the replica's new state in one transaction: an operation leaves the outbox in the
// same transaction that stores its result.

import type { Answer, Request } from "../core/protocol.ts";
import { inAccount, putAll, type Transaction } from "../store/db.ts";
import { withoutAcknowledgement } from "../store/operationStores.ts";
import { countSendable, findQueued, removeQueued } from "../store/outboxStore.ts";
import { keptFrom, NEW_REPLICA, OPERATION_STORES, RESEND_AT, type ReplicaState } from "../store/schema.ts";
import { allSent, removeSent } from "../store/sentStore.ts";
import { resendDelay } from "./backoff.ts";
import type { SyncRequest } from "./request.ts";
import { matchResults, storeOutcomes } from "./results.ts";
import { removeOutOfScope } from "./scope.ts";

const STORES = [
  ...OPERATION_STORES,
  "meta",
  "replica_household",
  "replica_visit",
  "replica_follow_up",
  "replica_outreach_session",
  "replica_remark",
  "replica_hamlet",
];

type SettledAnswer = {
  /** op_ids that left the outbox for `sent` */
  acked: string[];
  /** how many left it for `fixes` */
  refused: number;
  /** op_ids that were queued again, also those that this answer has acknowledged */
  requeued: string[];
  /** how many of the outbox may be sent now */
  queued: number;
  /** whether a screen may show something else now */
  changed: boolean;
  /** the replica's, for `writePage` */
  revision: number;
  /** rows that the page need not write again */
  written: Set<string>;
};

/**
 * Stores the results of a request's operations, and the replica's state after them. Null, without any change, if
 * another run has applied an answer meanwhile.
 */
export function applyResults(
  accountId: string,
  { revision, body }: SyncRequest,
  answer: Answer,
): Promise<SettledAnswer | null> {
  return inAccount(accountId, STORES, "readwrite", async (tx) => {
    const meta = tx.objectStore("meta");
    const [replica, next]: [ReplicaState | undefined, number | undefined] = await Promise.all([
      meta.get("replica"),
      meta.get("next_seq"),
    ]);
    const state = replica ?? NEW_REPLICA;
    if (state.revision !== revision) return null;
    const requeued =
      state.epoch !== undefined && state.epoch !== answer.epoch ? await requeueForgotten(tx, answer.epoch, body) : [];
    const { outcomes, keys } = await matchResults(tx, state.generation, body.ops, answer, accountId);
    const { acked, refused, written } = storeOutcomes(tx, state.generation, outcomes, answer);
    removeQueued(
      tx,
      keys,
      outcomes.map(({ op }) => op.op_id),
    );
    const reassigned = await removeOutOfScope(tx, state, answer);
    const changed =
      acked.length + refused + requeued.length > 0 || reassigned || Boolean(answer.closed_periods ?? answer.own_days);
    await Promise.all([
      meta.put(
        {
          ...advanceState(state, answer, body.sent_at, acked.length, reassigned),
          view_version: state.view_version + Number(changed),
        },
        "replica",
      ),
      meta.put(Math.max(next ?? 1, answer.next_seq || 1), "next_seq"),
    ]);
    const queued = await countSendable(tx);
    return { acked, refused, requeued, queued, changed, revision: revision + 1, written };
  });
}

/**
 * Moves an operation that makes the server refuse the whole request from the outbox to `fixes`, for a person to
 * correct.
 */
export function moveToFixes(
  accountId: string,
  opId: string,
  { code, fields }: { code: string; fields: string[] },
  now: Date,
) {
  return inAccount(accountId, ["outbox", "fixes", "meta"], "readwrite", async (tx) => {
    const meta = tx.objectStore("meta");
    const [op, state] = await Promise.all([findQueued(tx, opId), meta.get("replica")]);
    if (!op) return;
    await Promise.all([
      tx.objectStore("fixes").put({ ...op, code, fields, refused_at: now.toISOString() }),
      tx.objectStore("outbox").delete([op.seq, opId]),
      meta.put({ ...state, view_version: state.view_version + 1 }, "replica"),
    ]);
  });
}

/**
 * Queues again everything that was acknowledged in another epoch: after a restore the server may not have it. What it
 * still has, it answers from its ledger. It is sent at the phone's own time, because all phones learn of the epoch at
 * once.
 */
async function requeueForgotten(tx: Transaction, epoch: string, { sent_at, device_id }: Request) {
  const forgotten = (await allSent(tx)).filter((op) => op.acked_epoch !== epoch);
  const opIds = forgotten.map(({ op_id }) => op_id);
  putAll(tx, "outbox", forgotten.map(withoutAcknowledgement));
  await removeSent(tx, opIds);
  await tx.objectStore("meta").put(Date.parse(sent_at) + resendDelay(device_id), RESEND_AT);
  return opIds;
}

/**
 * The replica's state after the answer's results. A reset starts a new generation in the same transaction, so that a
 * phone switched off now asks for the first page again.
 * @param sentAt when the request was sent, by the phone's clock
 * @param reassigned whether the account's hamlets have changed
 */
function advanceState(
  state: ReplicaState,
  answer: Answer,
  sentAt: string,
  acked: number,
  reassigned: boolean,
): ReplicaState {
  const { epoch, month_start_day, silence_days, is_leader, other_phone, moved, server_time, reset, hamlets } = answer;
  const newest = Math.max(state.generation, state.loading?.generation ?? 0);
  return {
    ...state,
    revision: state.revision + 1,
    epoch,
    erased: answer.erase ?? false,
    questions: answer.questions,
    ...keptFrom(answer, state),
    days_version: undefined,
    month_start_day,
    silence_days,
    is_leader,
    other_phone,
    moved,
    loading: reset ? { generation: newest + 1 } : state.loading,
    hamlets: hamlets?.map(({ id }) => id) ?? state.hamlets,
    reassigned_at: reassigned && state.hamlets ? server_time : state.reassigned_at,
    clock_offset: Date.parse(sentAt) - Date.parse(server_time),
    last_exchange_at: server_time,
    last_sent_at: acked > 0 ? server_time : state.last_sent_at,
    wait_until: undefined,
  };
}
