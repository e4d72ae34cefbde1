// What the commune has its members ask for.

import type { Question } from "../core/protocol.ts";
import { inAccount } from "../store/db.ts";
import { NEW_REPLICA, type ReplicaState } from "../store/schema.ts";

/** As the newest answer of the server says; nothing if the commune wants nothing. */
export function askedQuestions(accountId: string): Promise<Question[]> {
  return inAccount(accountId, ["meta"], "readonly", async (tx) => {
    const state: ReplicaState = (await tx.objectStore("meta").get("replica")) ?? NEW_REPLICA;
    return state.questions ?? [];
  });
}
