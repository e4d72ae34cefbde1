// One exchange with the server: a request, and its answer applied to the stores.

import { assign, find } from "../store/accounts.js";
import { announce } from "../store/changes.js";
import { isPage, rowsOf, understand } from "./answer.js";
import { writePage } from "./pull.js";
import { compose, encoded } from "./request.js";
import { settle } from "./settle.js";

/** @typedef {import("./answer.js").Reply} Reply */
/** @typedef {import("./protocol.js").Answer} Answer */
/** @typedef {import("./request.js").Composed} Composed */

const ADDRESS = "/api/v1/sync";
/** A request is given up after this, milliseconds. */
const PATIENCE = 30_000;
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
 * `refused` names the operations sent; `stale`: another run applied an answer in between, and nothing was done.
 * @typedef {(
 *   | Done
 *   | {kind: "stale"}
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
  const reply = await send(request, tools);
  if (reply.kind === "refused") return { ...reply, op_ids: request.body.ops.map(({ op_id }) => op_id) };
  return reply.kind === "answer" ? apply(accountId, request, reply.answer) : reply;
}

/**
 * @param {Composed} request
 * @param {Tools} tools
 * @returns {Promise<Reply>}
 */
async function send({ body }, { fetch, now, patience = PATIENCE }) {
  const aborter = new AbortController();
  const timer = setTimeout(() => aborter.abort(), patience);
  const received = await encoded(body)
    .then((payload) => fetch(ADDRESS, { ...OPTIONS, ...payload, signal: aborter.signal }))
    .then(async (response) => ({ response, text: await response.text() }))
    .catch(() => null)
    .finally(() => clearTimeout(timer));
  if (!received) return { kind: "offline" };
  const { response, text } = received;
  return understand({ status: response.status, retryAfter: response.headers.get("Retry-After"), text }, body, now());
}

/**
 * @param {string} accountId
 * @param {Composed} request
 * @param {Answer} answer
 * @returns {Promise<Exchanged>}
 */
async function apply(accountId, request, answer) {
  const settled = await settle(accountId, request, answer);
  if (!settled) return { kind: "stale" };
  const { acked, refused, queued, reassigned } = settled;
  if (reassigned) await assign(accountId, answer.hamlets ?? []);
  if (acked + refused > 0) announce({ kind: "outbox", account_id: accountId });
  if (!isPage(answer)) return { kind: "fault" };
  if (!(await writePage(accountId, settled, answer))) return { kind: "stale" };
  const received = rowsOf(answer).length;
  if (answer.reset || acked + received > 0 || reassigned) announce({ kind: "replica", account_id: accountId });
  const { left, more, reset } = answer;
  return { kind: "done", offered: request.body.ops.length, acked, refused, queued, received, left, more, reset };
}
