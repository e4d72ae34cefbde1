// Brings the card of a phone's owner up to date: apart from the exchange, because nothing that is recorded depends on it.

import type { CardAnswer, CardRequest } from "../../core/protocol.ts";
import { withTimeout } from "../../core/withTimeout.ts";
import { announce } from "../../store/changes.ts";
import type { Account } from "../../store/schema.ts";
import { type MemberCard, readCard, writeCard } from "./storedCard.ts";

const ADDRESS = "/api/v1/card";
const TIMEOUT_MS = 30_000;
const HEADERS = { "Content-Type": "application/json" };

/**
 * Asks for the card, and once more to say that a new secret is stored: only then does the commune rely on it.
 * @returns whether the server has confirmed what is stored
 */
export async function renewCard(
  { account_id, device_id }: Pick<Account, "account_id" | "device_id">,
  fetch: typeof globalThis.fetch,
): Promise<boolean> {
  const before = await readCard(account_id);
  const received = await renewOnce(account_id, device_id, before, fetch);
  const card = received && !received.is_confirmed ? await renewOnce(account_id, device_id, received, fetch) : received;
  const stored = card ?? received;
  if (stored && (stored.key_id !== before?.key_id || stored.is_confirmed !== before.is_confirmed))
    announce({ kind: "replica", account_id });
  return card?.is_confirmed === true;
}

/** What is stored after one request; undefined if it brought nothing. */
async function renewOnce(
  accountId: string,
  deviceId: string,
  known: MemberCard | undefined,
  fetch: typeof globalThis.fetch,
) {
  const answer = await post(fetch, { proto: 1, device_id: deviceId, key_id: known?.key_id ?? "" });
  return answer ? writeCard(accountId, answer, known) : undefined;
}

/** The answer, or null: no network, a refusal, or an answer that is not the server's. */
async function post(fetch: typeof globalThis.fetch, request: CardRequest): Promise<CardAnswer | null> {
  try {
    return await withTimeout(TIMEOUT_MS, async (signal) => {
      const response = await fetch(ADDRESS, {
        method: "POST",
        headers: HEADERS,
        body: JSON.stringify(request),
        signal,
      });
      const answer = response.status === 200 ? await response.json() : null;
      return answer?.proto === 1 && typeof answer.name === "string" ? answer : null;
    });
  } catch {
    return null;
  }
}
