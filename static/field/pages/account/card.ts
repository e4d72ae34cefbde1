// Thẻ thành viên: who this is, and the answer to the four digits that the commune reads out.

import { _ } from "../../core/strings.ts";
import { replicaStatus } from "../../store/view/replica.ts";
import { cardAnswer } from "../../sync/card/cardAnswer.ts";
import { renewCard } from "../../sync/card/renewal.ts";
import { readCard } from "../../sync/card/storedCard.ts";
import { localNumber } from "../formats.ts";
import { type PageResponse, page, type SignedInRequest } from "../responses.ts";

/** What was typed, and what came of it. */
type Answered = { question?: string; answer?: string; problem?: string };

/** The card; it is brought up to date where there is a network, and the page waits for nothing. */
export async function showCard(request: SignedInRequest): Promise<PageResponse> {
  const { account, env } = request;
  renewCard(account, env.fetch).catch(console.error);
  return show(request);
}

/** [Lấy sáu số]: neither clock nor network is needed. */
export async function answerCard(request: SignedInRequest): Promise<PageResponse> {
  const question = (request.form.get("question") ?? "").replace(/\D/g, "");
  const card = await readCard(request.account.account_id);
  if (!card) return show(request);
  if (question.length !== 4) return show(request, { question, problem: _("Gõ đủ bốn số cán bộ đọc.") }, 422);
  const digits = await cardAnswer(card.key, question);
  return show(request, { question, answer: `${digits.slice(0, 3)} ${digits.slice(3)}` });
}

async function show(
  { account: { account_id, name, commune_name } }: SignedInRequest,
  { question = "", answer = "", problem = "" }: Answered = {},
  status?: number,
) {
  const [card, { erased }] = await Promise.all([readCard(account_id), replicaStatus(account_id)]);
  const context = {
    name: card?.name ?? name,
    team: card?.team ?? "",
    commune: card?.commune ?? commune_name,
    shown: localNumber(card?.phone ?? ""),
    revoked: erased,
    ready: card?.is_confirmed === true && !erased,
    question,
    answer,
    problem,
  };
  return page("card", context, status);
}
