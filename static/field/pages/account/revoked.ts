// Shown instead of the list on a phone that the commune has revoked.

import { _ } from "../../core/strings.ts";
import { unsentOperations } from "../../store/outbox.ts";
import { loadView, replicaStatus } from "../../store/view/replica.ts";
import { listDrafts } from "../draftList.ts";
import { erasedText, othersText, unsentText } from "../log/queueTexts.ts";
import { type PageResponse, page, type SignedInRequest } from "../responses.ts";

/**
 * Says that the phone was revoked, how many records are still unsent, what was begun and can be saved, and whom to ask.
 */
export async function showRevoked(request: SignedInRequest): Promise<PageResponse> {
  const { account_id } = request.account;
  const { encrypted } = await replicaStatus(account_id);
  const unsent = unsentText(await unsentOperations(account_id)) || encrypted || _("Mọi lượt đã ghi đều đã gửi về.");
  const drafts = await listDrafts(account_id, await loadView(account_id));
  const others = await othersText(account_id);
  return page("revoked", {
    erased: erasedText(request, true),
    unsent: [unsent, others].filter(Boolean).join(" "),
    drafts,
  });
}
