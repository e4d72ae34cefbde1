// The rows of an answer, written to the replica. After a reset they fill a new generation, while the old one stays
// readable until the last page is in.

import { deleteAll, inAccount, putAll } from "../store/db.js";
import { isApart, KEPT, KINDS, NEW_REPLICA } from "../store/schema.js";
import { rowKey } from "./results.js";

/** @typedef {import("../store/schema.js").Filling} Filling */
/** @typedef {import("../store/schema.js").Kind} Kind */
/** @typedef {import("../store/schema.js").ReplicaState} ReplicaState */
/** @typedef {import("../store/schema.js").Sent} Sent */
/** @typedef {import("../store/db.js").Transaction} Transaction */
/** @typedef {import("./protocol.js").Answer} Answer */
/** @typedef {import("./protocol.js").GoneRow} GoneRow */
/** @typedef {{kind: Kind, row: any, repeated: boolean}} Change `repeated`: the readable row is that already. */

/** Rows written in one transaction; from 100 to 500 were measured as fast, and a save waits for no more than that. */
const BATCH = 500;
const STORES = ["meta", "sent", ...KINDS.map((kind) => `replica_${kind}`)];
/**
 * What an operation becomes that was kept apart, by the kind of `gone` that tells of it.
 * @type {Record<string, Partial<Sent>>}
 */
const DECISIONS = { operation: { code: "dropped" }, accepted: { status: "applied", code: "" } };
/** The scope of an empty replica. */
const ERASED = "erased";

/**
 * Writes a page, its cursor together with the last of its rows. False, with the rest undone, if another run has applied
 * an answer in between.
 * @param {string} accountId
 * @param {{turn: number, written: Set<string>}} settled what the answer's results have done already
 * @param {Answer} answer
 * @returns {Promise<boolean>}
 */
export async function writePage(accountId, { turn, written }, answer) {
  const rows = KINDS.flatMap((kind) => (answer.changes[kind] ?? []).map((row) => changeOf(kind, row, written)));
  let place = 0;
  do {
    const batch = rows.slice(place, place + BATCH);
    const last = place + BATCH >= rows.length;
    if (!(await writeBatch(accountId, turn + place / BATCH, batch, last ? answer : null))) return false;
    place += BATCH;
  } while (place < rows.length);
  return true;
}

/**
 * Clears away generations that are read no longer, acknowledgements older than 30 days and discarded numbers as old.
 * @param {string} accountId
 */
export async function sweep(accountId) {
  await inAccount(
    accountId,
    STORES,
    "readwrite",
    async (tx) => {
      const meta = tx.objectStore("meta");
      const [replica, discarded] = await Promise.all([meta.get("replica"), meta.get("discarded")]);
      const state = replica ?? NEW_REPLICA;
      const before = new Date(Date.parse(state.server_time ?? "1970-01-01") - KEPT).toISOString();
      const aged = await tx.objectStore("sent").index("by_acked").getAllKeys(IDBKeyRange.upperBound(before));
      const kept = (discarded ?? []).filter((/** @type {{at: string}} */ { at }) => at > before);
      if (kept.length !== discarded?.length) await meta.put(kept, "discarded");
      deleteAll(tx, "sent", aged);
      for (const kind of KINDS) deleteAll(tx, `replica_${kind}`, unread(state));
    },
    "relaxed",
  );
}

/**
 * @param {string} accountId
 * @param {number} turn
 * @param {Change[]} batch
 * @param {Answer | null} answer whose cursor is reached with this batch
 */
function writeBatch(accountId, turn, batch, answer) {
  return inAccount(
    accountId,
    STORES,
    "readwrite",
    async (tx) => {
      /** @type {ReplicaState} */
      const state = await tx.objectStore("meta").get("replica");
      if (state.turn !== turn) return false;
      const written = await write(tx, state, batch);
      const gone = answer?.changes.gone ?? [];
      const removed = await remove(tx, state, gone);
      const decided = await decide(tx, gone);
      const moved = answer ? reach(state, answer) : state;
      const changed = moved.generation !== state.generation || decided + (state.filling ? 0 : written + removed) > 0;
      const edition = state.edition + Number(changed);
      await tx.objectStore("meta").put({ ...moved, turn: turn + 1, edition }, "replica");
      return true;
    },
    "relaxed",
  );
}

/**
 * @param {Kind} kind
 * @param {any} row
 * @param {Set<string>} written
 * @returns {Change}
 */
function changeOf(kind, row, written) {
  const named = { ...row, id: row.id ?? row.code };
  return { kind, row: named, repeated: written.has(rowKey(kind, named)) };
}

/**
 * A generation being filled gets rows in rising order only, so there is nothing to compare; in the readable one a row
 * may be there already, newer, from a result.
 * @param {Transaction} tx
 * @param {ReplicaState} state
 * @param {Change[]} batch
 */
async function write(tx, state, batch) {
  const g = (state.filling ?? state).generation;
  const changes = state.filling ? batch : await newer(tx, g, batch);
  for (const kind of KINDS) {
    const rows = changes.filter((change) => change.kind === kind).map(({ row }) => ({ ...row, g }));
    putAll(tx, `replica_${kind}`, rows);
  }
  return changes.length;
}

/**
 * @param {Transaction} tx
 * @param {number} g
 * @param {Change[]} batch
 */
async function newer(tx, g, batch) {
  const changes = batch.filter(({ repeated }) => !repeated);
  const known = await Promise.all(changes.map(({ kind, row }) => stored(tx, kind, g, row.id)));
  return changes.filter(({ row }, place) => row.feed_seq > (known[place]?.feed_seq ?? -1));
}

/**
 * Deletes what left a hamlet, unless the row says otherwise: that it is in another hamlet now, or newer.
 * @param {Transaction} tx
 * @param {ReplicaState} state
 * @param {GoneRow[]} gone
 */
async function remove(tx, state, gone) {
  const g = (state.filling ?? state).generation;
  const ours = gone.filter(({ kind }) => KINDS.includes(/** @type {Kind} */ (kind)));
  const rows = await Promise.all(ours.map(({ kind, id }) => stored(tx, /** @type {Kind} */ (kind), g, id)));
  const merged = await follow(tx, gone);
  const left = ours.filter(({ hamlet_id, feed_seq }, place) => {
    const row = rows[place];
    return row && row.feed_seq < feed_seq && (row.hamlet_id ?? hamlet_id) === hamlet_id;
  });
  for (const { kind, id } of left) deleteAll(tx, `replica_${kind}`, [[g, id]]);
  return left.length + merged;
}

/**
 * Remembers which household stands for one that was merged into it: links, drafts and what still waits name the other.
 * @param {Transaction} tx
 * @param {GoneRow[]} gone
 */
async function follow(tx, gone) {
  const merged = gone.flatMap(({ kind, id, moved_to }) => (kind === "household" && moved_to ? [[id, moved_to]] : []));
  if (merged.length === 0) return 0;
  const aliases = (await tx.objectStore("meta").get("aliases")) ?? {};
  await tx.objectStore("meta").put({ ...aliases, ...Object.fromEntries(merged) }, "aliases");
  return merged.length;
}

/**
 * Notes what the commune has decided of this phone's operations that were kept apart: nobody else's are here.
 * @param {Transaction} tx
 * @param {GoneRow[]} gone
 */
async function decide(tx, gone) {
  const told = gone.filter(({ kind }) => kind in DECISIONS);
  /** @type {(Sent | undefined)[]} */
  const ours = await Promise.all(told.map(({ id }) => tx.objectStore("sent").get(id)));
  const decided = ours.flatMap((op, place) => {
    if (!op || !isApart(op)) return [];
    const { kind, feed_seq } = told[place];
    return { ...op, ...DECISIONS[kind], until: Math.max(op.until ?? 0, feed_seq) };
  });
  putAll(tx, "sent", decided);
  return decided.length;
}

/**
 * @param {Transaction} tx
 * @param {Kind} kind
 * @param {number} g
 * @param {string} id
 */
function stored(tx, kind, g, id) {
  return tx.objectStore(`replica_${kind}`).get([g, id]);
}

/**
 * Where the replica stands with the whole page written: the last page of a new generation makes it the readable one. A
 * phone that has to erase its list holds what is no account's, so that it gets a new one should it be put back into service.
 * @param {ReplicaState} state
 * @param {Answer} answer
 * @returns {ReplicaState}
 */
function reach(state, { cursor, scope, more, erase }) {
  if (erase) return { ...state, generation: 0, filling: undefined, cursor, scope: ERASED };
  if (!state.filling) return { ...state, cursor, scope };
  if (more) return { ...state, filling: { ...state.filling, cursor, scope } };
  return { ...state, generation: state.filling.generation, filling: undefined, cursor, scope };
}

/**
 * The key ranges of all generations but the readable one and the one being filled, which is always later.
 * @param {ReplicaState} state
 */
function unread({ generation, filling }) {
  const earlier = IDBKeyRange.upperBound([generation], true);
  const between = filling && IDBKeyRange.bound([generation, []], [filling.generation], false, true);
  return [earlier, between ?? IDBKeyRange.lowerBound([generation, []])];
}
