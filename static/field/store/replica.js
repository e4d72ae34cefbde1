// Reading: the rows from the server with this phone's own operations laid over them.

import { inAccount } from "./db.js";
import { byHousehold, overlay } from "./overlay.js";
import { isApart, KINDS } from "./schema.js";

/** @typedef {import("./schema.js").Kind} Kind */
/** @typedef {import("./schema.js").Refused} Refused */
/** @typedef {import("./schema.js").ReplicaState} ReplicaState */
/** @typedef {import("./schema.js").Sent} Sent */
/** @typedef {import("./db.js").Transaction} Transaction */
/** @typedef {import("./overlay.js").Book} Book */
/** @typedef {import("./overlay.js").Household} Household */
/** @typedef {import("./overlay.js").Laid} Laid */
/** @typedef {import("./overlay.js").Visit} Visit */
/** @typedef {import("../sync/protocol.js").Operation} Operation */

/**
 * @typedef {{ready: boolean, erased: boolean, last_exchange_at: string | null, last_sent_at: string | null,
 *   backup_key?: import("../sync/protocol.js").BackupKeyRow}} Stand
 */

const ROWS = KINDS.map((kind) => `replica_${kind}`);

/** @type {{stamp: string, book: Book} | undefined} */
let shown;
/** @type {{stamp: string, book: Book} | undefined} */
let base;

/**
 * All a volunteer's screens show, as of now. Kept in memory until something changes, in whichever tab; rows are shared,
 * so they are not to be changed.
 * @param {string} accountId
 * @returns {Promise<Book>}
 */
export function book(accountId) {
  return inAccount(accountId, ["outbox", "fixes", "sent", "meta", ...ROWS], "readonly", async (tx) => {
    const meta = tx.objectStore("meta");
    const [life, replica, next, refused] = await Promise.all([
      meta.get("life"),
      meta.get("replica"),
      meta.get("next_seq"),
      tx.objectStore("fixes").count(),
    ]);
    // Saving takes a number, giving up takes one from the refused, and whatever sync/ does makes a new edition.
    const edition = `${accountId} ${life} ${replica?.edition}`;
    const stamp = `${edition} ${next} ${refused}`;
    if (shown?.stamp === stamp) return shown.book;
    if (base?.stamp !== edition) base = { stamp: edition, book: await load(tx, replica?.generation ?? 0) };
    const before = base.book;
    shown = { stamp, book: overlay(before, await laid(tx, before), accountId) };
    return shown.book;
  });
}

/**
 * The operations acknowledged in the last 30 days, each with what became of it: what the commune dropped stays so.
 * @param {string} accountId
 * @returns {Promise<Laid[]>}
 */
export async function acknowledged(accountId) {
  const known = await book(accountId);
  /** @type {Sent[]} */
  const sent = await inAccount(accountId, ["sent"], "readonly", (tx) => tx.objectStore("sent").getAll());
  return sent.map((op) =>
    op.code === "dropped" || stands(known, op) ? markedSent(op) : { op, mark: "sent", at: op.acked_at },
  );
}

/**
 * Whether there is a list to work with, whether the commune had it erased, and when the phone last spoke with the server
 * and last sent something.
 * @param {string} accountId
 * @returns {Promise<Stand>}
 */
export function status(accountId) {
  return inAccount(accountId, ["meta"], "readonly", async (tx) => {
    /** @type {ReplicaState | undefined} */
    const replica = await tx.objectStore("meta").get("replica");
    const erased = replica?.erased ?? false;
    return {
      backup_key: replica?.backup_key,
      // There is nothing to wait for: what was recorded can still be seen, and is still sent.
      ready: erased || (replica?.generation ?? 0) > 0,
      erased,
      last_exchange_at: replica?.last_exchange_at ?? null,
      last_sent_at: replica?.last_sent_at ?? null,
    };
  });
}

/**
 * @param {Transaction} tx
 * @param {number} generation
 * @returns {Promise<Book>}
 */
async function load(tx, generation) {
  const range = IDBKeyRange.bound([generation], [generation, []]);
  /** @param {Kind} kind */
  const all = (kind) => tx.objectStore(`replica_${kind}`).getAll(range);
  const [merged, households, visits, followUps, hamlets, members, services] = await Promise.all([
    tx.objectStore("meta").get("aliases"),
    all("household"),
    all("visit"),
    all("follow_up"),
    all("hamlet"),
    all("member"),
    all("service"),
  ]);
  const aliases = aliasesOf(merged ?? {}, new Set(households.map(({ id }) => id)));
  const amended = visits.some(({ version }) => version > 1) ? await amendedAt(tx) : new Map();
  for (const row of [...visits, ...followUps]) row.household_id = aliases.get(row.household_id) ?? row.household_id;
  for (const row of households) Object.assign(row, { pending: false, step: "sent", cause: null });
  for (const row of visits)
    Object.assign(row, {
      pending: false,
      step: stepOf(row),
      sent_at: amended.get(row.id) ?? row.received_at,
      cause: null,
    });
  return {
    households: byId(households),
    visits: byId(visits),
    visitsByHousehold: byHousehold(visits),
    followUps: byId(followUps),
    hamlets,
    members: byId(members),
    services: services.sort((one, other) => one.order - other.order),
    aliases,
    withdrawn: new Map(),
  };
}

/**
 * When visits were amended from here, by their ids: a row says only when the visit was first received.
 * @param {Transaction} tx
 * @returns {Promise<Map<string, string>>}
 */
async function amendedAt(tx) {
  /** @type {Sent[]} */
  const sent = await tx.objectStore("sent").getAll();
  const amendments = sent.filter((op) => op.type === "visit.amend" && !isApart(op));
  amendments.sort((one, other) => one.seq - other.seq);
  return new Map(amendments.map(({ data, acked_at }) => [data.id, acked_at]));
}

/**
 * Who stands for whom in the end. A household that has come back stands for itself.
 * @param {Record<string, string>} merged
 * @param {Set<string>} here
 */
function aliasesOf(merged, here) {
  /** @type {Map<string, string>} */
  const aliases = new Map();
  for (const id of Object.keys(merged)) {
    const passed = new Set();
    let to = id;
    while (!here.has(to) && merged[to] && !passed.has(to)) {
      passed.add(to);
      to = merged[to];
    }
    if (to !== id) aliases.set(id, to);
  }
  return aliases;
}

/** @param {Visit} visit */
function stepOf({ review }) {
  return review.state === "received" ? "sent" : review.state;
}

/**
 * @template {{id: string}} Row
 * @param {Row[]} rows
 * @returns {Map<string, Row>}
 */
function byId(rows) {
  return new Map(rows.map((row) => [row.id, row]));
}

/**
 * The operations that the replica does not show by itself: acknowledged ones whose row is not here or that wait for
 * the commune, then the phone's own, each in the order of saving.
 * @param {Transaction} tx
 * @param {Book} before
 * @returns {Promise<Laid[]>}
 */
async function laid(tx, before) {
  /** @type {[Sent[], Refused[], Operation[]]} */
  const [sent, refused, queued] = await Promise.all([
    tx.objectStore("sent").index("by_until").getAll(),
    tx.objectStore("fixes").getAll(),
    tx.objectStore("outbox").getAll(),
  ]);
  const standing = sent.filter((op) => stands(before, op));
  return [...standing.map(markedSent), ...refused.map(marked("fix")), ...queued.map(marked("queued"))].sort(
    (one, other) => one.op.seq - other.op.seq,
  );
}

/**
 * Whether it says more than the replica's row does. What waits for the commune does so until it hears of the decision;
 * of an id used twice nobody hears.
 * @param {Book} known
 * @param {Sent} op
 */
function stands({ visits, households, aliases }, op) {
  const { type, data, code = "", until = -1 } = op;
  if (isApart(op) && !["dropped", "op_reused"].includes(code)) return true;
  const row = type.startsWith("visit.") ? visits.get(data.id) : households.get(aliases.get(data.id) ?? data.id);
  return until >= (row?.feed_seq ?? 0);
}

/**
 * @param {Sent} op
 * @returns {Laid}
 */
function markedSent(op) {
  const { code, acked_at: at } = op;
  return { op, mark: code === "dropped" ? "dropped" : isApart(op) ? "waiting" : "sent", at, code };
}

/**
 * @param {"fix" | "queued"} mark
 * @returns {(op: Operation & {code?: string}) => Laid}
 */
function marked(mark) {
  return (op) => ({ op, mark, at: null, code: op.code });
}
