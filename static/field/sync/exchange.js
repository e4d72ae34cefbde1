// One exchange with the server: a request, and its answer applied to the stores.

import { patiently } from "../patience.js";
import { assign, find } from "../store/accounts.js";
import { announce } from "../store/changes.js";
import { forget, matchAll } from "../store/copies.js";
import { isPage, rowsOf, understand } from "./answer.js";
import { writePage } from "./pull.js";
import { compose, encoded } from "./request.js";
import { erase } from "./scope.js";
import { settle } from "./settle.js";

/** @typedef {import("./answer.js").Reply} Reply */
/** @typedef {import("./protocol.js").Answer} Answer */
/** @typedef {import("./request.js").Composed} Composed */
/** @typedef {import("../store/schema.js").Account} Account */

const ADDRESS = "/api/v1/sync";
/** A request is given up after this, milliseconds. */
const PATIENCE = 30_000;
/** A clock this far from the server's is plainly wrong, milliseconds. */
const OFF = 86_400_000;
/** There was no such app before. */
const FIRST_YEAR = 2025;
/** @type {RequestInit} */
const OPTIONS = { method: "POST", credentials: "same-origin", cache: "no-store", redirect: "error" };

/**
 * @typedef {object} Tools What an exchange needs from the world around it.
 * @property {typeof fetch} fetch
 * @property {() => Date} now
 * @property {number} [limit] at most so many operations, for halving; 200 by default
 * @property {number} [patience] milliseconds
 */

/**
 * An answer applied. `offered` operations were sent, `acked` or `refused` left the outbox, `queued` are in it now;
 * `received` rows came, `left` are still to come.
 * @typedef {{kind: "done", offered: number, acked: number, refused: number, queued: number, received: number,
 *   left: number, more: boolean, reset: boolean}} Done
 */

/**
 * `refused` names the operations sent; `stale`: another run applied an answer in between, and nothing was done; `clock`:
 * it failed and the phone's clock is plainly wrong, which is likely to be why.
 * @typedef {(
 *   | Done
 *   | {kind: "stale"}
 *   | {kind: "clock"}
 *   | {kind: "refused", code: string, fields: string[], op_ids: string[]}
 *   | Exclude<Reply, {kind: "answer"} | {kind: "refused"}>
 * )} Exchanged
 */

/**
 * Sends one request for the account and applies the answer. Throws `StorageFull`; whatever is not stored will be asked
 * for and sent again.
 * @param {string} accountId
 * @param {Tools} tools
 * @returns {Promise<Exchanged>}
 */
export async function exchange(accountId, tools) {
  const account = await find(accountId);
  if (!account?.signed_in) return { kind: "sign_in", code: "sign_in" };
  const request = await compose(account, tools.now(), tools.limit);
  const { reply, date } = await send(request, tools);
  const { ops } = request.body;
  if (reply.kind === "answer") return apply(account, request, reply.answer);
  if (isFailure(reply, ops) && isWrong(tools.now(), date)) return { kind: "clock" };
  return reply.kind === "refused" ? { ...reply, op_ids: ops.map(({ op_id }) => op_id) } : reply;
}

/**
 * @param {Composed} request
 * @param {Tools} tools
 * @returns {Promise<{reply: Reply, date: string | null}>} `date`: the server's, if it says
 */
async function send({ body }, { fetch, now, patience = PATIENCE }) {
  const received = await patiently(patience, async (signal) => {
    const response = await fetch(ADDRESS, { ...OPTIONS, ...(await encoded(body)), signal });
    return { response, text: await response.text() };
  }).catch(() => null);
  if (!received) return { reply: { kind: "offline" }, date: null };
  const { response, text } = received;
  const { status, headers } = response;
  const reply = understand({ status, retryAfter: headers.get("Retry-After"), text }, body, now());
  return { reply, date: headers.get("Date") };
}

/**
 * Whether nothing came through, for a reason that is not in one of the operations.
 * @param {Reply} reply
 * @param {unknown[]} ops
 */
function isFailure({ kind }, ops) {
  return kind === "offline" || kind === "fault" || (kind === "refused" && ops.length === 0);
}

/**
 * @param {Date} now the phone's
 * @param {string | null} date the server's; before it is heard, certificates alone fail by a wrong clock
 */
function isWrong(now, date) {
  const servers = Date.parse(date ?? "");
  return Number.isNaN(servers) ? now.getUTCFullYear() < FIRST_YEAR : Math.abs(now.getTime() - servers) > OFF;
}

/**
 * @param {Account} account
 * @param {Composed} request
 * @param {Answer} answer
 * @returns {Promise<Exchanged>}
 */
async function apply({ account_id: accountId, hamlets }, request, answer) {
  const settled = await settle(accountId, request, answer);
  if (!settled) return { kind: "stale" };
  const { refused, queued, reassigned } = settled;
  const acked = settled.acked.length;
  const forgotten = forget(accountId, settled.acked);
  matchAll(accountId, settled.healed).catch(console.error);
  // The account stands in another database: a phone may have been killed before this, and a hamlet gets a new name.
  if (answer.hamlets && !isSame(answer.hamlets, hamlets)) await assign(accountId, answer.hamlets);
  if (acked + refused > 0) announce({ kind: "outbox", account_id: accountId });
  const whole = isPage(answer) && (await writePage(accountId, settled, answer));
  await forgotten;
  const erased = Boolean(answer.erase) && (await erase(accountId));
  if (!whole) return { kind: isPage(answer) ? "stale" : "fault" };
  const received = rowsOf(answer).length;
  if (answer.reset || erased || acked + received > 0 || reassigned)
    announce({ kind: "replica", account_id: accountId });
  const { left, more, reset } = answer;
  return { kind: "done", offered: request.body.ops.length, acked, refused, queued, received, left, more, reset };
}

/**
 * @param {{id: string, name: string}[]} some
 * @param {{id: string, name: string}[]} others
 */
function isSame(some, others) {
  const text = (/** @type {{id: string, name: string}[]} */ hamlets) => hamlets.map(({ id, name }) => `${id} ${name}`);
  return text(some).join("\n") === text(others).join("\n");
}
