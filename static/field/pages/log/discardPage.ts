// The page that asks before a refused operation is discarded.

import { _ } from "../../core/strings.ts";
import { discardRefused, refusedOperations } from "../../store/outbox.ts";
import { loadView } from "../../store/view/replica.ts";
import { errorList } from "../fields.ts";
import { momentText } from "../formats.ts";
import { NotFound, type PageResponse, page, redirect, type SignedInRequest } from "../responses.ts";
import { saveFailed } from "../saveFailed.ts";
import { operationLabel } from "./queueTexts.ts";

export function confirmDiscard(request: SignedInRequest): Promise<PageResponse> {
  return showDiscardConfirmation(request, {});
}

export async function discardFix(request: SignedInRequest): Promise<PageResponse> {
  try {
    await discardRefused(request.account.account_id, request.params.id);
  } catch (error) {
    return showDiscardConfirmation(request, saveFailed(error));
  }
  return redirect("/field/log?done=discarded");
}

/** @param sentences why it could not be discarded */
async function showDiscardConfirmation(
  { account, params }: SignedInRequest,
  sentences: Record<string, string>,
): Promise<PageResponse> {
  const view = await loadView(account.account_id);
  const op = (await refusedOperations(account.account_id)).find(({ op_id }) => op_id === params.id);
  if (!op) throw new NotFound(params.id);
  const errors = errorList(sentences);
  const context = {
    id: op.op_id,
    errors,
    title: _("Bỏ việc đã ghi này?"),
    subject: operationLabel(op, view),
    sentence: _("Bản ghi lúc %(when)s chưa được gửi về. Bỏ rồi không lấy lại được.", { when: momentText(op.at) }),
    action: `/field/fixes/${op.op_id}/discard`,
    button: _("Bỏ"),
    is_final: true,
    cancel: "/field/log",
  };
  return page("confirm", context, errors.length ? 422 : 200);
}
