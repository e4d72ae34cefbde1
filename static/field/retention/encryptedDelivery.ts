// Delivers sealed queues under the session of their account. The server says of each operation what became of it.

import { withTimeout } from "../core/withTimeout.ts";
import { announce } from "../store/changes.ts";
import type { EncryptedQueue } from "../store/journal/journal.ts";
import type { Account } from "../store/schema.ts";
import { encryptedQueues, markDelivered, purgeDelivered, type QueueAnswer, replicaState } from "./encryptedQueue.ts";

const ADDRESS = "/api/v1/encrypted-queue";
const TIMEOUT_MS = 60_000;
const HEADERS = { "Content-Type": "application/octet-stream" };

/**
 * Delivers what this epoch of the server does not have: each queue again after a restore, as anything that was sent.
 * @returns whether none is left
 */
export async function deliverEncryptedQueues(
  { account_id }: Account,
  fetch: typeof globalThis.fetch,
): Promise<boolean> {
  const { epoch = "", last_exchange_at = "" } = await replicaState(account_id);
  let isDone = true;
  for (const queue of await encryptedQueues(account_id)) {
    if (queue.delivered_epoch === epoch) continue;
    const answer = await post(fetch, queue);
    if (answer?.retry !== 0) {
      isDone = false;
      continue;
    }
    await markDelivered(account_id, queue, answer, { at: last_exchange_at, epoch });
    announce({ kind: "replica", account_id });
  }
  await purgeDelivered(account_id, last_exchange_at);
  return isDone;
}

/** The answer, or null: no network, a refusal, or an answer that is not the server's. */
async function post(
  fetch: typeof globalThis.fetch,
  { content }: EncryptedQueue,
): Promise<(QueueAnswer & { retry: number }) | null> {
  const body = Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0));
  try {
    return await withTimeout(TIMEOUT_MS, async (signal) => {
      const response = await fetch(ADDRESS, { method: "POST", headers: HEADERS, body, signal });
      const answer = response.status === 200 ? await response.json() : null;
      return answer?.proto === 1 && Number.isInteger(answer.stored) && Array.isArray(answer.refused) ? answer : null;
    });
  } catch {
    return null;
  }
}
