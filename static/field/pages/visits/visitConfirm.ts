// [Đã đúng rồi]: the author has read why the commune returned a visit, and it is right as it stands. [Đúng tôi ghi]: the author
// stands for one that came in an unsigned file.

import { append } from "../../store/outbox.ts";
import { visitContent } from "../../store/undoLog.ts";
import { loadView } from "../../store/view/replica.ts";
import { type PageResponse, redirect, type SignedInRequest } from "../responses.ts";

/**
 * Sends the visit again with the same content. The form names the return that was read: of a later one nothing was read
 * yet.
 */
export async function confirmVisit({
  account: { account_id },
  params,
  form,
  env,
}: SignedInRequest): Promise<PageResponse> {
  const visit = (await loadView(account_id)).visits.get(params.id);
  const isRead = visit?.step === "returned" && visit.review.at === form.get("seen_return");
  if (!visit || !(isRead || (visit.vouched_by && visit.step !== "returned")) || visit.recorded_by !== account_id)
    return redirect("/field/log");
  const read = { base_version: visit.version, seen_return: isRead ? visit.review.at : null };
  await append(account_id, {
    id: form.get("id") || env.newId(),
    type: "visit.amend",
    data: { id: visit.id, ...visitContent(visit), ...read },
    at: env.now().toISOString(),
  });
  return redirect("/field/log?done=saved");
}
