// Discarding a draft.

import { _, language } from "../../core/strings.ts";
import { clearDraft, loadDraft } from "../../store/drafts.ts";
import { loadView } from "../../store/view/replica.ts";
import { fieldsOfDraft } from "../fields.ts";
import { RESULTS } from "../labels.ts";
import { type PageResponse, page, redirect, type SignedInRequest } from "../responses.ts";
import { remarkLabel } from "./queueTexts.ts";

/** The fields of all forms that a person writes in. */
const TEXTS = ["note", "text", "place", "head_name"];

const PATH = "/field/drafts/discard";

/**
 * [Bỏ bản nháp]: deletes the draft and shows the empty form. If something was chosen or written, the person is asked
 * first, on a page with an address of its own; that page sends the draft's key as `id`.
 */
export async function discardDraft(request: SignedInRequest): Promise<PageResponse> {
  const { account, form, url } = request;
  const address = formAddress(form.get("address") ?? url.searchParams.get("address"));
  const draft = form.get("id") ?? form.get("draft") ?? "";
  if (!form.has("id") && (await contentText(request, draft)))
    return redirect(`${PATH}?${new URLSearchParams({ draft, address })}`);
  await clearDraft(account.account_id, draft);
  return redirect(address);
}

/** Asks, and names what is lost. A draft that is not there any more leads back to its form. */
export async function confirmDraftDiscard(request: SignedInRequest): Promise<PageResponse> {
  const { searchParams } = request.url;
  const address = formAddress(searchParams.get("address"));
  const draft = searchParams.get("draft") ?? "";
  const subject = await contentText(request, draft);
  if (!subject) return redirect(address);
  return page("confirm", {
    id: draft,
    errors: [],
    title: _("Bỏ bản nháp này?"),
    subject,
    sentence: _("Phần đang ghi dở ở đây chưa được lưu. Bỏ rồi không lấy lại được."),
    action: `${PATH}?${new URLSearchParams({ address })}`,
    button: _("Bỏ"),
    is_final: true,
    cancel: address,
  });
}

function formAddress(wanted: string | null) {
  return wanted?.startsWith("/field/") ? wanted : "/field/";
}

/** The result, services and texts of a draft; an empty text if it has none. */
async function contentText({ account: { account_id } }: SignedInRequest, key: string) {
  const fields = fieldsOfDraft((await loadDraft(account_id, key)) ?? {});
  const { services: known } = await loadView(account_id);
  const chosen = fields.getAll("service");
  const services = known.filter(({ code }) => chosen.includes(code)).map(({ label }) => label[language]);
  const texts = TEXTS.map((name) => fields.get(name)?.trim() ?? "").filter(Boolean);
  const parts = [RESULTS[fields.get("result") ?? ""], ...services, ...texts.map((text) => remarkLabel(text))];
  return parts.filter(Boolean).join(" · ");
}
