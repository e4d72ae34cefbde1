// Đổi người dùng / Đăng xuất.

import { _ } from "../../core/strings.ts";
import { closeAccount } from "../../store/accounts.ts";
import { counts, unsentOperations } from "../../store/outbox.ts";
import type { Account } from "../../store/schema.ts";
import { clearSignedOut } from "../../store/signedOut.ts";
import { loadView, replicaStatus } from "../../store/view/replica.ts";
import { endSession } from "../../sync/session.ts";
import { type DraftRow, listDrafts } from "../draftList.ts";
import { localNumber } from "../formats.ts";
import { othersText, unsentText } from "../log/queueTexts.ts";
import { type PageResponse, page, redirect, type SignedInRequest } from "../responses.ts";

export async function showAccount({ account }: SignedInRequest): Promise<PageResponse> {
  return show(account, await loadUnsent(account));
}

/**
 * Signs out, unless operations of this account are still queued or refused. What is begun and not saved goes with it:
 * it is named, and the person is asked.
 */
export async function signOut({ account, form, env }: SignedInRequest): Promise<PageResponse> {
  const unsent = await loadUnsent(account);
  if (unsent.ops.length > 0 || unsent.encrypted) return show(account, unsent, 422);
  const drafts = await listDrafts(account.account_id, await loadView(account.account_id));
  const named = drafts.map(({ href }) => href).join(" ");
  if (drafts.length && form.get("id") !== named) return askAboutDrafts(drafts, named);
  await closeAccount();
  await clearSignedOut();
  await endSession(env.fetch);
  return redirect("/field/sign-in");
}

/** @param named what identifies them: if another is begun meanwhile, the question is asked again */
function askAboutDrafts(drafts: DraftRow[], named: string) {
  return page("confirm", {
    id: named,
    errors: [],
    title: _("Bỏ phần ghi dở và đăng xuất?"),
    subject: drafts.map(({ label, what }) => `${label} (${what})`).join(", "),
    sentence: _("Phần đang ghi dở ở đây chưa được lưu. Bỏ rồi không lấy lại được."),
    action: "/field/account/sign-out",
    button: _("Đăng xuất"),
    is_final: true,
    cancel: "/field/account",
  });
}

/** All that is queued or refused, how many of each, what is encrypted, and what others have not sent. */
async function loadUnsent({ account_id: id }: Account) {
  const [{ fixes }, ops, { encrypted = "" }, others] = await Promise.all([
    counts(id),
    unsentOperations(id),
    replicaStatus(id),
    othersText(id),
  ]);
  return { queued: ops.length - fixes, fixes, ops, encrypted, others };
}

function show(
  { name, phone, hamlets }: Account,
  { queued, fixes, ops, encrypted, others }: Awaited<ReturnType<typeof loadUnsent>>,
  status?: number,
) {
  const waits = queued > 0 || encrypted !== "";
  const context = {
    name,
    phone: localNumber(phone),
    hamlets: hamlets.map((hamlet) => hamlet.name).join(", "),
    unsent: ops.length || encrypted ? [unsentText(ops), encrypted, adviceText(waits)].filter(Boolean).join(" ") : "",
    others,
    queued: waits,
    fixes,
  };
  return page("account", context, status);
}

function adviceText(waits: boolean) {
  return waits ? _("Gửi trước khi đăng xuất.") : _("Sửa hoặc bỏ trước khi đăng xuất.");
}
