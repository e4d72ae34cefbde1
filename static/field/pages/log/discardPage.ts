// The page that asks before a refused operation is discarded.

import { _ } from "../../core/strings.ts";
import { discardRefused, refusedOperations } from "../../store/outbox.ts";
import { loadView } from "../../store/view/replica.ts";
import { errorList } from "../fields.ts";
import { momentText } from "../formats.ts";
import { NotFound, page, redirect } from "../responses.ts";
import { saveFailed } from "../saveFailed.ts";
import { operationLabel } from "./queueTexts.ts";

/** @typedef {import("../responses.ts").PageResponse} PageResponse */
/** @typedef {import("../responses.ts").SignedInRequest} SignedInRequest */

/**
 * @param {SignedInRequest} request
 * @returns {Promise<PageResponse>}
 */
export function confirmDiscard(request) {
  return showDiscardConfirmation(request, {});
}

/**
 * @param {SignedInRequest} request
 * @returns {Promise<PageResponse>}
 */
export async function discardFix(request) {
  try {
    await discardRefused(request.account.account_id, request.params.id);
  } catch (error) {
    return showDiscardConfirmation(request, saveFailed(error));
  }
  return redirect("/field/log?done=discarded");
}

/**
 * @param {SignedInRequest} request
 * @param {Record<string, string>} sentences why it could not be discarded
 * @returns {Promise<PageResponse>}
 */
async function showDiscardConfirmation({ account, params }, sentences) {
  const view = await loadView(account.account_id);
  const op = (await refusedOperations(account.account_id)).find(({ op_id }) => op_id === params.id);
  if (!op) throw new NotFound(params.id);
  const errors = errorList(sentences);
  const context = {
    id: op.op_id,
    errors,
    title: _("Bỏ bản ghi này?"),
    subject: operationLabel(op, view),
    sentence: _("Bản ghi lúc %(when)s chưa được gửi về. Bỏ rồi không lấy lại được.", { when: momentText(op.at) }),
    action: `/field/fixes/${op.op_id}/discard`,
    button: _("Bỏ"),
    is_final: true,
    cancel: "/field/log",
  };
  return page("confirm", context, errors.length ? 422 : 200);
}
