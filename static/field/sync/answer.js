// Reading an answer: what of it may be believed. An acknowledgement is status 200 and JSON and `proto` and an op_id that
// was sent and a known status; anything else acknowledges nothing.

import { KINDS } from "../store/schema.js";
import { PROTO } from "./protocol.js";

/** @typedef {import("./protocol.js").Answer} Answer */
/** @typedef {import("./protocol.js").OperationResult} OperationResult */
/** @typedef {import("./protocol.js").Request} Request */

/**
 * What came back. `offline`: nothing, or something that is not our server (a portal); `busy`: our server cannot now,
 * `wait` milliseconds if it said how long; `refused`: our server refuses this very request; `fault`: an answer that
 * makes no sense.
 * @typedef {(
 *   | {kind: "answer", answer: Answer}
 *   | {kind: "offline"}
 *   | {kind: "busy", wait: number}
 *   | {kind: "sign_in", code: string}
 *   | {kind: "update", min_build: string}
 *   | {kind: "refused", code: string, fields: string[]}
 *   | {kind: "fault"}
 * )} Reply
 */

/** @typedef {{status: number, retryAfter: string | null, text: string}} Received */

const STATUSES = new Set(["applied", "duplicate", "rejected", "conflict", "quarantined", "retry"]);
const REFUSALS = new Set([400, 413, 422, 500]);
/** However long a server asks us to wait, milliseconds. */
export const LONGEST_WAIT = 3_600_000;

/**
 * @param {Received} received
 * @param {Request} request
 * @param {Date} now
 * @returns {Reply}
 */
export function understand({ status, retryAfter, text }, request, now) {
  const body = parsed(text);
  if (status === 401) return { kind: "sign_in", code: String(body?.error ?? "sign_in") };
  if (status === 429 || status === 503) return { kind: "busy", wait: waitOf(retryAfter, now) };
  if (!body) return status >= 500 ? { kind: "busy", wait: waitOf(retryAfter, now) } : { kind: "offline" };
  if (status === 200) return isAnswer(body, request) ? { kind: "answer", answer: body } : { kind: "fault" };
  if (status === 426) return { kind: "update", min_build: String(body.min_build ?? "") };
  if (REFUSALS.has(status)) return { kind: "refused", code: String(body.error ?? "invalid"), fields: fieldsOf(body) };
  return { kind: "fault" };
}

/**
 * The results that acknowledge or refuse an operation, by its op_id.
 * @param {Answer} answer
 * @returns {Map<string, OperationResult>}
 */
export function resultsOf(answer) {
  return new Map(answer.results.filter(({ status }) => STATUSES.has(status)).map((result) => [result.op_id, result]));
}

/**
 * Whether every row of the page can be stored.
 * @param {Answer} answer
 */
export function isPage(answer) {
  return rowsOf(answer).every(isRow);
}

/**
 * All rows of the page, of whatever kind this build knows.
 * @param {Answer} answer
 * @returns {unknown[]}
 */
export function rowsOf({ changes }) {
  return [...KINDS, /** @type {const} */ ("gone")].flatMap((kind) => /** @type {unknown[]} */ (changes[kind] ?? []));
}

/**
 * Whether this is a row that can be stored.
 * @param {any} row
 */
export function isRow(row) {
  return typeof (row?.id ?? row?.code) === "string" && Number.isSafeInteger(row.feed_seq);
}

/**
 * The body if it is our server's.
 * @param {string} text
 * @returns {any}
 */
function parsed(text) {
  try {
    const body = JSON.parse(text);
    return body?.proto === PROTO ? body : null;
  } catch {
    return null;
  }
}

/**
 * Whether this answers that request: results for what was sent only, and rows that go on where the request stood,
 * unless it says that they start anew or that there will be none any more.
 * @param {any} body
 * @param {Request} request
 */
function isAnswer(body, request) {
  const sent = new Set(request.ops.map(({ op_id }) => op_id));
  const known =
    Array.isArray(body.results) && body.results.every((/** @type {any} */ result) => sent.has(result?.op_id));
  const anew = body.reset || body.erase === true;
  return known && isPosition(body) && (anew || (body.epoch === request.epoch && body.scope === request.scope));
}

/** @param {any} body */
function isPosition({ epoch, scope, cursor, more, reset, changes, server_time }) {
  const tokens = typeof epoch === "string" && typeof scope === "string" && Number.isSafeInteger(cursor);
  const flags = typeof more === "boolean" && typeof reset === "boolean";
  return tokens && flags && typeof changes === "object" && changes !== null && !Number.isNaN(Date.parse(server_time));
}

/** @param {any} body */
function fieldsOf({ fields }) {
  return Array.isArray(fields) ? fields.map(String) : [];
}

/**
 * Retry-After in milliseconds: it is seconds or a date.
 * @param {string | null} header
 * @param {Date} now
 */
function waitOf(header, now) {
  if (!header) return 0;
  const wait = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now.getTime();
  return Math.min(Math.max(wait || 0, 0), LONGEST_WAIT);
}
