// What this phone has stored of its owner's card. The secret cannot leave the browser's storage.

import type { CardAnswer } from "../../core/protocol.ts";
import { inAccount } from "../../store/db.ts";

/**
 * `key`: by which it answers, named `key_id`; `is_confirmed`: the server knows that this phone has it, so that the desk
 * compares with it. The rest is what the card says.
 */
export type MemberCard = Omit<CardAnswer, "proto" | "key"> & {
  key_id: string;
  key: CryptoKey;
  is_confirmed: boolean;
};

const NAME = "card";
const ALGORITHM = { name: "HMAC", hash: "SHA-256" };

/** The card; undefined before the first contact. */
export const readCard = (accountId: string): Promise<MemberCard | undefined> =>
  inAccount(accountId, ["meta"], "readonly", (tx) => tx.objectStore("meta").get(NAME));

/** Stores what the server has answered, after `known`; returns what is stored, or undefined if there is no key. */
export async function writeCard(
  accountId: string,
  { key: sent, name, team, commune, phone }: CardAnswer,
  known: MemberCard | undefined,
): Promise<MemberCard | undefined> {
  const key = sent ? { key_id: sent.id, key: await importSecret(sent.secret), is_confirmed: false } : known;
  if (!key) return undefined;
  const card = { ...key, is_confirmed: !sent, name, team, commune, phone };
  await inAccount(accountId, ["meta"], "readwrite", (tx) => tx.objectStore("meta").put(card, NAME));
  return card;
}

/** @param secret in base64 */
function importSecret(secret: string) {
  const bytes = Uint8Array.from(atob(secret), (sign) => sign.charCodeAt(0));
  return crypto.subtle.importKey("raw", bytes, ALGORITHM, false, ["sign"]);
}
