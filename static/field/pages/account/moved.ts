// Where the commune is that has left this address: the new address, the code with which one signs in there, and what
// becomes of the records on this phone.

import { _ } from "../../core/strings.ts";
import { unsentOperations } from "../../store/outbox.ts";
import { loadView, replicaStatus } from "../../store/view/replica.ts";
import { listDrafts } from "../draftList.ts";
import { dateText, localNumber } from "../formats.ts";
import { unsentText } from "../log/queueTexts.ts";
import { type PageResponse, page, redirect, type SignedInRequest } from "../responses.ts";

export async function showMoved({ account, env }: SignedInRequest): Promise<PageResponse> {
  const id = account.account_id;
  const { moved } = await replicaStatus(id);
  if (!moved) return redirect("/field/");
  const { address, code = "", until = "" } = moved;
  const isOpen = Date.parse(until) > env.now().getTime();
  const unsent = unsentText(await unsentOperations(id));
  return page("moved", {
    address: address.replace("https://", ""),
    href: `${address}/field/`,
    code: isOpen ? `${code.slice(0, 4)} ${code.slice(4)}` : "",
    until: isOpen ? dateText(until) : "",
    phone: localNumber(account.phone),
    unsent: unsent && [unsent, _("Có mạng thì máy gửi về địa chỉ cũ, rồi sẽ được chuyển sang địa chỉ mới.")].join(" "),
    drafts: await listDrafts(id, await loadView(id)),
  });
}
