// Saving a record that only its author changes, an outreach session or a remark: first, changed, withdrawn.

import { clearDraft } from "../store/drafts.ts";
import { amend, append, discardRefused, hasPlausibleDate } from "../store/outbox.ts";
import { mustRecreate } from "./log/refusedOperations.ts";

/** @typedef {import("./responses.ts").SignedInRequest} SignedInRequest */
/** @typedef {import("./log/refusedOperations.ts").RefusedOperations} RefusedOperations */
/** @typedef {"outreach" | "remark"} Kind the first part of its operations' types */
/** @typedef {{refused: RefusedOperations | undefined, draft: string}} Subject */

/**
 * The form's id is the id of the record and of the operation. If the same form was saved with other content before, this
 * amends that record; if it was withdrawn meanwhile, a new one is recorded.
 * @param {SignedInRequest} request
 * @param {Subject} subject
 * @param {Kind} kind
 * @param {Record<string, unknown>} data
 * @param {(id: string) => Promise<{version: number} | undefined>} find the record with this id, as it is now
 */
export async function saveNew(request, { draft }, kind, data, find) {
  const { account_id } = request.account;
  const record = /** @type {const} */ (`${kind}.record`);
  const first = saving(request, draft);
  const { id } = first;
  const { differs } = await append(account_id, { ...first, type: record, data: { id, ...data } });
  if (!differs) return;
  const other = request.env.newId();
  const saved = await find(id);
  const written = saved
    ? { type: /** @type {const} */ (`${kind}.amend`), data: { id, ...data, base_version: saved.version } }
    : { type: record, data: { id: other, ...data } };
  await append(account_id, { ...first, id: other, ...written });
}

/**
 * Amends a record. If the server never accepted it, it is recorded again and replaces the refused operations.
 * @param {SignedInRequest} request
 * @param {Subject} subject
 * @param {Kind} kind
 * @param {{id: string, version: number}} record
 * @param {Record<string, unknown>} content
 */
export async function saveChange(request, { refused, draft }, kind, { id, version }, content) {
  const replaces = refused?.all.map(({ op_id }) => op_id);
  const first = refused && mustRecreate(refused) ? refused.first : null;
  const fields = saving(request, draft);
  const at = first && hasPlausibleDate(first) ? first.at : fields.at;
  const data = { id, ...content };
  const written = first
    ? { type: /** @type {const} */ (`${kind}.record`), data }
    : { type: /** @type {const} */ (`${kind}.amend`), data: { ...data, base_version: version } };
  await amend(request.account.account_id, { ...fields, at, replaces, ...written }, request.env.newId);
}

/**
 * Withdraws a record. One that the server never accepted is discarded instead.
 * @param {SignedInRequest} request
 * @param {Subject} subject
 * @param {Kind} kind
 * @param {{id: string, version: number} | undefined} record
 */
export async function saveWithdrawal(request, { refused, draft }, kind, record) {
  const { account_id } = request.account;
  const replaces = refused?.all.map(({ op_id }) => op_id) ?? [];
  if (mustRecreate(refused) && record?.version === 0) {
    for (const opId of replaces) await discardRefused(account_id, opId);
    await clearDraft(account_id, draft);
    return;
  }
  const type = /** @type {const} */ (`${kind}.withdraw`);
  await append(account_id, { ...saving(request, draft), type, data: { id: request.params.id }, replaces });
}

/**
 * @param {SignedInRequest} request
 * @param {string} draft
 */
function saving({ form, env }, draft) {
  return { id: form.get("id") || env.newId(), draft, at: env.now().toISOString() };
}
