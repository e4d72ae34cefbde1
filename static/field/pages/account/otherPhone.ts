// Another phone that signed in with this account: when, and who issued its code.

import { _ } from "../../core/strings.ts";
import { inAccount } from "../../store/db.ts";
import { loadView, replicaStatus } from "../../store/view/replica.ts";
import { momentText } from "../formats.ts";
import { type PageResponse, page, redirect, type SignedInRequest } from "../responses.ts";

export async function showOtherPhone({ account: { account_id } }: SignedInRequest): Promise<PageResponse> {
  const { other_phone } = await replicaStatus(account_id);
  if (!other_phone) return redirect("/field/");
  const { members } = await loadView(account_id);
  const { at, name, invited_by } = other_phone;
  return page("other_phone", {
    at,
    when: momentText(at),
    name: name || _("(máy không có tên)"),
    invited_by: invited_by || _("người vận hành máy chủ"),
    contacts: [...members.values()].flatMap(({ name, phone }) => (phone ? [{ name, phone }] : [])),
  });
}

/** [Đó là máy của tôi]: it is not said again, until another one signs in. */
export async function confirmOtherPhone({ account: { account_id }, form }: SignedInRequest): Promise<PageResponse> {
  await inAccount(account_id, ["meta"], "readwrite", (tx) =>
    tx.objectStore("meta").put(form.get("at") ?? "", "other_phone_seen"),
  );
  return redirect("/field/");
}
