// Withdrawing a visit.

import { clearDraft } from "../../store/drafts.ts";
import { append, discardRefused } from "../../store/outbox.ts";
import { loadView } from "../../store/view/replica.ts";
import { loadRefused, mustRecreate } from "../log/refusedOperations.ts";
import type { SignedInRequest } from "../responses.ts";
import { ownVisit } from "./visitSave.ts";

/**
 * Withdraws the visit in the address; does nothing if it was withdrawn before. A visit that the server never accepted
 * is discarded instead: a withdrawal would wait in quarantine for it, and apply to its correction.
 */
export async function withdraw(request: SignedInRequest) {
  const { account, params, form, env, url } = request;
  const view = await loadView(account.account_id);
  if (!view.visits.has(params.id)) return;
  const visit = ownVisit(request, view);
  const draft = `visit:edit:${visit.id}`;
  const refused = await loadRefused(account.account_id, "visit.", visit);
  const replaces = refused?.all.map(({ op_id }) => op_id) ?? [];
  if (mustRecreate(refused) && visit.version === 0) {
    for (const opId of replaces) await discardRefused(account.account_id, opId);
    return clearDraft(account.account_id, draft);
  }
  await append(account.account_id, {
    id: form.get("id") || env.newId(),
    type: "visit.withdraw",
    // *Không phải tôi ghi*, of a visit that the commune has from an unsigned file.
    data: url.searchParams.has("disown") ? { id: visit.id, disowned: true } : { id: visit.id },
    at: env.now().toISOString(),
    draft,
    replaces,
  });
}
