// One exchange with the server: a request, and its answer applied to the stores. While an answer is stored, the request
// that follows can be on its way: see docs/decisions/0005-own-outbox.md.

import type { Answer } from "../core/protocol.ts";
import { withTimeout } from "../core/withTimeout.ts";
import { forgetFailures } from "../failures/failures.ts";
import { currentAccount, findAccount, updateHamlets } from "../store/accounts.ts";
import { updateEntries, updateManifest } from "../store/journal/journalSync.ts";
import type { Account } from "../store/schema.ts";
import { writeGuides } from "../store/view/guides.ts";
import { isPage, isRow, parseResponse, type Reply, resultsById, rowsOf } from "./answer.ts";
import { applyResults } from "./applyResults.ts";
import { writePage } from "./pull.ts";
import {
  buildRequest,
  encodeBody,
  followingRequest,
  readFollowing,
  type Snapshot,
  type SyncRequest,
} from "./request.ts";
import { eraseReplica } from "./scope.ts";

const ADDRESS = "/api/v1/sync";
/** A request is aborted after this. */
const TIMEOUT_MS = 30_000;
/** A clock this far from the server's is wrong. */
const MAX_CLOCK_OFFSET_MS = 86_400_000;
/** The app did not exist before it. */
const FIRST_PLAUSIBLE_YEAR = 2025;
/** Results after which an operation leaves the outbox as acknowledged. */
const ACKNOWLEDGED = ["applied", "duplicate", "conflict", "quarantined"];
const REQUEST_INIT: RequestInit = { method: "POST", credentials: "same-origin", cache: "no-store", redirect: "manual" };

/** The environment of an exchange. */
export type ExchangeOptions = {
  fetch: typeof fetch;
  now: () => Date;
  /** at most so many operations; a whole batch by default */
  limit?: number;
  /** milliseconds */
  timeout?: number;
  /** is called when an answer has changed what the screens show */
  onChange: () => void;
  /** is told which operations no longer need their journal files */
  onAcknowledged: (opIds: string[]) => void;
};

/** A request that was sent. `following`: what the request after it will send. */
export type InFlight = {
  account: Account;
  request: SyncRequest;
  /** `date`: the server's, if the response has one */
  received: Promise<{ reply: Reply; date: string | null }>;
  following: Promise<Snapshot | null>;
  cancel: () => void;
};

/**
 * The counts of an applied answer. `offered`: operations sent; `acked`, `refused`: those that left the outbox;
 * `queued`: those in it that may be sent now; `received`: rows of this page; `left`: rows still to come; `completed`: the list is
 * complete now and was not before.
 */
export type AppliedAnswer = {
  kind: "done";
  offered: number;
  acked: number;
  refused: number;
  queued: number;
  received: number;
  left: number;
  more: boolean;
  reset: boolean;
  completed: boolean;
};

/**
 * `refused` has the op_ids that were sent; `stale`: another run applied an answer meanwhile, so this one was dropped;
 * `clock`: the exchange failed and the phone's clock is wrong, which is probably the cause.
 */
export type ExchangeResult =
  | AppliedAnswer
  | { kind: "stale" }
  | { kind: "clock" }
  | { kind: "refused"; code: string; fields: string[]; op_ids: string[] }
  | Exclude<Reply, { kind: "answer" } | { kind: "refused" }>;

/** Sends a request for the account. Null if the account is signed out. */
export async function startExchange(accountId: string, options: ExchangeOptions): Promise<InFlight | null> {
  const account = await findAccount(accountId);
  if (!account?.signed_in) return null;
  return send(account, await buildRequest(account, options.now(), options.limit), options);
}

/**
 * Applies the answer to a request. `next`: the request that follows, if `pipelined` and the answer allows it. Throws
 * `StorageFull`; a later exchange then repeats what could not be stored.
 */
export async function finishExchange(
  inFlight: InFlight,
  options: ExchangeOptions,
  pipelined: boolean,
): Promise<{ result: ExchangeResult; next: InFlight | null }> {
  const { account, request } = inFlight;
  const { reply, date } = await inFlight.received;
  if (reply.kind !== "answer") return { result: failure(reply, request, options.now(), date), next: null };
  if (request.body.failures) void forgetFailures();
  const next = pipelined ? await sendFollowing(inFlight, reply.answer, options) : null;
  try {
    const { result, revision } = await apply(account, request, reply.answer, options);
    if (next && revision !== null) {
      next.request.revision = revision;
      return { result, next };
    }
    next?.cancel();
    return { result, next: null };
  } catch (error) {
    next?.cancel();
    throw error;
  }
}

/**
 * Sends the request that follows before the answer is stored. Null if nothing waits, or if what follows depends on how
 * the answer is stored.
 */
async function sendFollowing({ account, request, following }: InFlight, answer: Answer, options: ExchangeOptions) {
  const [snapshot, open] = await Promise.all([following, currentAccount()]);
  if (!snapshot || snapshot.state.loading || !isConclusive(answer, request)) return null;
  if (open?.account_id !== account.account_id || !open.signed_in) return null;
  return send(account, followingRequest(snapshot, answer, account, options.now(), options.limit), options);
}

/**
 * Whether the answer acknowledges every operation and is a whole page, so that the replica's position after it is
 * known.
 */
function isConclusive(answer: Answer, { body }: SyncRequest) {
  const results = resultsById(answer);
  const whole = !answer.more && !answer.reset && !answer.erase && isPage(answer);
  return whole && body.ops.every(({ op_id }) => ACKNOWLEDGED.includes(results.get(op_id)?.status ?? ""));
}

function send(account: Account, request: SyncRequest, options: ExchangeOptions): InFlight {
  const aborter = new AbortController();
  const received = transmit(request, options, aborter);
  // Read while the server works; without it the next request waits until the answer is stored.
  const following = readFollowing(account.account_id, request).catch(() => null);
  return { account, request, received, following, cancel: () => aborter.abort() };
}

async function transmit(
  { body }: SyncRequest,
  { fetch, now, timeout = TIMEOUT_MS }: ExchangeOptions,
  aborter: AbortController,
): Promise<{ reply: Reply; date: string | null }> {
  const exchanged = async (signal: AbortSignal) => {
    const response = await fetch(ADDRESS, { ...REQUEST_INIT, ...(await encodeBody(body)), signal });
    return { response, text: await response.text() };
  };
  const received = await withTimeout(timeout, exchanged, aborter).catch(() => null);
  if (!received) return { reply: { kind: "offline" }, date: null };
  const { response, text } = received;
  const { status, headers } = response;
  const reply = parseResponse({ status, retryAfter: headers.get("Retry-After"), text }, body, now());
  return { reply, date: headers.get("Date") };
}

/** @param date the server's */
function failure(
  reply: Exclude<Reply, { kind: "answer" }>,
  { body: { ops } }: SyncRequest,
  now: Date,
  date: string | null,
): ExchangeResult {
  if (isTransportFailure(reply, ops) && isClockWrong(now, date)) return { kind: "clock" };
  return reply.kind === "refused" ? { ...reply, op_ids: ops.map(({ op_id }) => op_id) } : reply;
}

/** Whether the exchange failed for a reason that is not in one of the operations. */
function isTransportFailure({ kind }: Reply, ops: unknown[]) {
  return kind === "offline" || kind === "portal" || kind === "error" || (kind === "refused" && ops.length === 0);
}

/**
 * @param now the phone's
 * @param date the server's; null if there was no response, as when a wrong clock makes the certificate invalid
 */
function isClockWrong(now: Date, date: string | null) {
  const servers = Date.parse(date ?? "");
  return Number.isNaN(servers)
    ? now.getUTCFullYear() < FIRST_PLAUSIBLE_YEAR
    : Math.abs(now.getTime() - servers) > MAX_CLOCK_OFFSET_MS;
}

/** `revision`: the replica's after the answer; null if the answer was not stored as a whole. */
async function apply(
  { account_id: accountId, hamlets }: Account,
  request: SyncRequest,
  answer: Answer,
  { onChange, onAcknowledged }: ExchangeOptions,
): Promise<{ result: ExchangeResult; revision: number | null }> {
  const written = await applyResults(accountId, request, answer);
  if (!written) return { result: { kind: "stale" }, revision: null };
  const { refused, queued, changed } = written;
  const acked = written.acked.length;
  onAcknowledged(written.acked);
  updateEntries(accountId, written.requeued).catch(console.error);
  if (answer.export_key) updateManifest(accountId).catch(console.error);
  // Every answer has the hamlets: names change, and the account, in another database, may have missed an earlier
  // answer.
  if (answer.hamlets && JSON.stringify(answer.hamlets) !== JSON.stringify(hamlets))
    await updateHamlets(accountId, answer.hamlets);
  if (changed) onChange();
  const revision = isPage(answer) ? await writePage(accountId, written, answer) : null;
  const erased = Boolean(answer.erase) && (await eraseReplica(accountId));
  if (revision === null) return { result: { kind: isPage(answer) ? "stale" : "error" }, revision };
  const received = rowsOf(answer).length;
  const guides = (answer.changes.guide ?? []).filter(isRow);
  const guided = !answer.erase && (await writeGuides(accountId, answer.epoch, guides));
  if (answer.reset || erased || received > 0 || guided) onChange();
  const { left, more, reset } = answer;
  const offered = request.body.ops.length;
  const completed = !more && !answer.erase && (reset || !request.body.omit_result_rows);
  const done = { offered, acked, refused, queued, received, left, more, reset, completed };
  return { result: { kind: "done", ...done }, revision };
}
