// Saving a record that only its author changes, an outreach session or a remark: first, changed, withdrawn.

import { clearDraft } from "../store/drafts.ts";
import { amend, append, discardRefused, hasPlausibleDate } from "../store/outbox.ts";
import { mustRecreate, type RefusedOperations } from "./log/refusedOperations.ts";
import type { SignedInRequest } from "./responses.ts";

/** the first part of its operations' types */
type Kind = "outreach" | "remark";
type Subject = { refused: RefusedOperations | undefined; draft: string };

/**
 * The form's id is the id of the record and of the operation. If the same form was saved with other content before,
 * this amends that record; if it was withdrawn meanwhile, a new one is recorded.
 * @param find the record with this id, as it is now
 */
export async function saveNew(
  request: SignedInRequest,
  { draft }: Subject,
  kind: Kind,
  data: Record<string, unknown>,
  find: (id: string) => Promise<{ version: number } | undefined>,
) {
  const { account_id } = request.account;
  const record = `${kind}.record` as const;
  const first = saving(request, draft);
  const { id } = first;
  const { differs } = await append(account_id, { ...first, type: record, data: { id, ...data } });
  if (!differs) return;
  const other = request.env.newId();
  const saved = await find(id);
  const written = saved
    ? { type: `${kind}.amend` as const, data: { id, ...data, base_version: saved.version } }
    : { type: record, data: { id: other, ...data } };
  await append(account_id, { ...first, id: other, ...written });
}

/** Amends a record. If the server never accepted it, it is recorded again and replaces the refused operations. */
export async function saveChange(
  request: SignedInRequest,
  { refused, draft }: Subject,
  kind: Kind,
  { id, version }: { id: string; version: number },
  content: Record<string, unknown>,
) {
  const replaces = refused?.all.map(({ op_id }) => op_id);
  const first = refused && mustRecreate(refused) ? refused.first : null;
  const fields = saving(request, draft);
  const at = first && hasPlausibleDate(first) ? first.at : fields.at;
  const data = { id, ...content };
  const written = first
    ? { type: `${kind}.record` as const, data }
    : { type: `${kind}.amend` as const, data: { ...data, base_version: version } };
  await amend(request.account.account_id, { ...fields, at, replaces, ...written }, request.env.newId);
}

/** Withdraws a record. One that the server never accepted is discarded instead. */
export async function saveWithdrawal(
  request: SignedInRequest,
  { refused, draft }: Subject,
  kind: Kind,
  record: { id: string; version: number } | undefined,
) {
  const { account_id } = request.account;
  const replaces = refused?.all.map(({ op_id }) => op_id) ?? [];
  if (mustRecreate(refused) && record?.version === 0) {
    for (const opId of replaces) await discardRefused(account_id, opId);
    await clearDraft(account_id, draft);
    return;
  }
  const type = `${kind}.withdraw` as const;
  await append(account_id, { ...saving(request, draft), type, data: { id: request.params.id }, replaces });
}

function saving({ form, env }: SignedInRequest, draft: string) {
  return { id: form.get("id") || env.newId(), draft, at: env.now().toISOString() };
}
