// Parses and validates an answer. An operation is acknowledged only by status 200, JSON, the right `proto`, an op_id
// that was sent and a known status. Anything else acknowledges nothing.
// biome-ignore-all lint/suspicious/noExplicitAny: what came over the network may be anything.

import { isPortal } from "../core/portal.ts";
import { type Answer, type OperationResult, PROTO, type Request } from "../core/protocol.ts";
import { KINDS } from "../store/schema.ts";

/**
 * `offline`: no response; `portal`: one that is not from our server, as of a Wi-Fi that asks for a sign-in; `busy`: the
 * server asks to try later, after `wait` milliseconds if it says so; `off`: the commune is switched off for some time;
 * `refused`: the server refuses this request; `error`: an invalid answer.
 */
export type Reply =
  | { kind: "answer"; answer: Answer }
  | { kind: "offline" }
  | { kind: "portal" }
  | { kind: "busy"; wait: number }
  | { kind: "off" }
  | { kind: "sign_in"; code: string }
  | { kind: "update"; min_build: string }
  | { kind: "refused"; code: string; fields: string[] }
  | { kind: "error" };

type RawResponse = { status: number; retryAfter: string | null; text: string };

const STATUSES = new Set(["applied", "duplicate", "rejected", "conflict", "quarantined", "retry"]);
const REFUSAL_STATUSES = new Set([400, 413, 422, 500]);
/** The longest Retry-After that is respected. */
export const MAX_WAIT_MS = 3_600_000;

export function parseResponse({ status, retryAfter, text }: RawResponse, request: Request, now: Date): Reply {
  const body = parseBody(text);
  if (status === 401 && body) return { kind: "sign_in", code: String(body?.error ?? "sign_in") };
  if (status === 503 && body?.error === "commune_off") return { kind: "off" };
  if (status === 429 || status === 503 || !(body || isPortal(status)))
    return { kind: "busy", wait: parseRetryAfter(retryAfter, now) };
  if (!body) return { kind: "portal" };
  if (status === 200) return isAnswer(body, request) ? { kind: "answer", answer: body } : { kind: "error" };
  if (status === 426) return { kind: "update", min_build: String(body.min_build ?? "") };
  if (REFUSAL_STATUSES.has(status))
    return { kind: "refused", code: String(body.error ?? "invalid"), fields: fieldNames(body) };
  return { kind: "error" };
}

/** The results with a known status, by op_id. */
export function resultsById(answer: Answer): Map<string, OperationResult> {
  return new Map(answer.results.filter(({ status }) => STATUSES.has(status)).map((result) => [result.op_id, result]));
}

/** What of a row is read before anything is known of it. */
type ReceivedRow = { id?: unknown; code?: unknown; feed_seq?: unknown };

/** Whether every row of the page can be stored. */
export function isPage(answer: Answer) {
  return rowsOf(answer).every(isRow);
}

/** All rows of the page of the kinds that this build knows. */
export function rowsOf({ changes }: Answer): ReceivedRow[] {
  return [...KINDS, "tombstone" as const].flatMap((kind) => (changes[kind] ?? []) as ReceivedRow[]);
}

/** Whether the row can be stored. */
export function isRow(row: ReceivedRow | null | undefined) {
  return typeof (row?.id ?? row?.code) === "string" && Number.isSafeInteger((row as ReceivedRow).feed_seq);
}

/** The body if it is from our server, else null. */
function parseBody(text: string): any {
  try {
    const body = JSON.parse(text);
    return body?.proto === PROTO ? body : null;
  } catch {
    return null;
  }
}

/**
 * Whether the answer belongs to the request: it has results only for operations that were sent, and its rows continue
 * from the request's position, unless it announces a reset or an erase, or has none because the commune has moved.
 */
function isAnswer(body: any, request: Request) {
  const sent = new Set(request.ops.map(({ op_id }) => op_id));
  const known = Array.isArray(body.results) && body.results.every((result: any) => sent.has(result?.op_id));
  const anew = body.reset || body.erase || body.moved;
  return known && isPosition(body) && (anew || (body.epoch === request.epoch && body.scope === request.scope));
}

function isPosition({ epoch, scope, cursor, more, reset, changes, server_time }: any) {
  const tokens = typeof epoch === "string" && typeof scope === "string" && Number.isSafeInteger(cursor);
  const flags = typeof more === "boolean" && typeof reset === "boolean";
  return tokens && flags && typeof changes === "object" && changes !== null && !Number.isNaN(Date.parse(server_time));
}

function fieldNames({ fields }: any) {
  return Array.isArray(fields) ? fields.map(String) : [];
}

/** Retry-After (seconds or a date) in milliseconds. */
function parseRetryAfter(header: string | null, now: Date) {
  if (!header) return 0;
  const wait = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now.getTime();
  return Math.min(Math.max(wait || 0, 0), MAX_WAIT_MS);
}
