// Discarding a draft.

import { _, language } from "../core/strings.js";
import { fieldsOfDraft } from "../pages/fields.js";
import { RESULTS } from "../pages/labels.js";
import { remarkLabel } from "../pages/log/queueTexts.js";
import { page, redirect } from "../pages/responses.js";
import { clearDraft, loadDraft } from "../store/drafts.js";

/** @typedef {import("../pages/responses.js").PageResponse} PageResponse */
/** @typedef {import("../pages/responses.js").SignedInRequest} SignedInRequest */
/** @typedef {import("../store/view/overlay.js").View} View */

/** The fields of all forms that a person writes in. */
const TEXTS = ["note", "text", "place", "head_name"];

/**
 * [Bỏ bản nháp]: deletes the draft and shows the empty form. If something was chosen or written, the person is asked
 * first: the page that asks sends the draft's key as `id`.
 * @param {SignedInRequest} request
 * @returns {Promise<PageResponse>}
 */
export async function discardDraft({ account: { account_id }, form, url, env }) {
  const wanted = form.get("address") ?? url.searchParams.get("address") ?? "";
  const address = wanted.startsWith("/field/") ? wanted : "/field/";
  const key = form.get("draft") ?? form.get("id") ?? "";
  if (!form.has("id")) {
    const draft = fieldsOfDraft((await loadDraft(account_id, key)) ?? {});
    const lost = contentText(draft, await env.loadView(account_id));
    if (lost) return page("confirm", confirmation(key, address, lost));
  }
  await clearDraft(account_id, key);
  return redirect(address);
}

/**
 * @param {string} key
 * @param {string} address of the form
 * @param {string} subject what is lost
 */
function confirmation(key, address, subject) {
  return {
    id: key,
    errors: [],
    title: _("Bỏ bản nháp này?"),
    subject,
    sentence: _("Phần đang ghi dở ở đây chưa được lưu. Bỏ rồi không lấy lại được."),
    action: `/field/drafts/discard?address=${encodeURIComponent(address)}`,
    button: _("Bỏ"),
    is_final: true,
    cancel: address,
  };
}

/**
 * The result, services and texts of a draft; an empty text if it has none.
 * @param {URLSearchParams} fields
 * @param {View} view
 */
function contentText(fields, view) {
  const chosen = fields.getAll("service");
  const services = view.services.filter(({ code }) => chosen.includes(code)).map(({ label }) => label[language]);
  const texts = TEXTS.map((name) => fields.get(name)?.trim() ?? "").filter(Boolean);
  const parts = [RESULTS[fields.get("result") ?? ""], ...services, ...texts.map((text) => remarkLabel(text))];
  return parts.filter(Boolean).join(" · ");
}
