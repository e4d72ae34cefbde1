// Records made on this phone earlier under the same phone number: the person says whether they are theirs.

import { _ } from "../../core/strings.ts";
import { StorageFull } from "../../store/outbox.ts";
import type { Account } from "../../store/schema.ts";
import {
  declineTransfer,
  type EarlierAccount,
  earlierAccounts,
  transferOffers,
  transferOperations,
} from "../../store/transfer.ts";
import { numberText } from "../formats.ts";
import { type PageResponse, page, redirect, type SignedInRequest } from "../responses.ts";

/** What *Hôm nay* says of them; empty if there are none. */
export async function earlierText(account: Account, now: Date): Promise<string> {
  const count = (await transferOffers(account, now)).reduce((sum, { ops }) => sum + ops.length, 0);
  if (count === 0) return "";
  return _("Máy còn giữ %(n)s lượt ghi trước đây bằng số điện thoại này. Xem có phải của mình không.", {
    n: numberText(count),
  });
}

export async function showTransfer({ account, env }: SignedInRequest): Promise<PageResponse> {
  const found = await earlierAccounts(account, env.now());
  return found.length ? show(found) : redirect("/field/first-download");
}

/** [Đúng, gửi đi] moves the records to this account's outbox. [Không phải của tôi] leaves them as they are. */
export async function answerTransfer({ account, form, env }: SignedInRequest): Promise<PageResponse> {
  const found = await earlierAccounts(account, env.now());
  try {
    if (form.get("mine") === "yes") await transferOperations(account, found);
    else await declineTransfer(account, found);
  } catch (error) {
    if (!(error instanceof StorageFull)) throw error;
    return show(found, _("Máy sắp hết chỗ. Xóa bớt ảnh hoặc ứng dụng rồi thử lại."));
  }
  return redirect("/field/first-download");
}

function show(found: EarlierAccount[], problem: string = "") {
  const context = {
    rows: found.map(({ account, ops }) => ({
      name: account.name,
      phone: account.phone,
      count: _("%(n)s lượt", { n: numberText(ops.length) }),
    })),
    errors: problem ? [{ field: "", text: problem }] : [],
  };
  return page("transfer", context, problem ? 422 : 200);
}
