// What was recorded on this phone under the same number before: the person says whether it is theirs.

import { StorageFull } from "../store/outbox.js";
import { decline, earlier, transfer } from "../store/transfer.js";
import { _ } from "../strings.js";
import { page, see } from "./answers.js";
import { numberText } from "./formats.js";

/** @typedef {import("./answers.js").Answer} Answer */
/** @typedef {import("./answers.js").SignedIn} SignedIn */
/** @typedef {import("../store/transfer.js").Earlier} Earlier */

/**
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function showTransfer({ account, world }) {
  const found = await earlier(account, world.now());
  return found.length ? show(found) : see("/field/first-download");
}

/**
 * [Đúng, gửi cho xã]: they are sent with the others from now on. [Không phải của tôi]: they stay as they are.
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function answerTransfer({ account, form, world }) {
  const found = await earlier(account, world.now());
  try {
    if (form.get("mine") === "yes") await transfer(account, found);
    else await decline(account, found);
  } catch (fault) {
    if (!(fault instanceof StorageFull)) throw fault;
    return show(found, _("Máy sắp hết chỗ. Xoá bớt ảnh hoặc ứng dụng rồi thử lại."));
  }
  return see("/field/first-download");
}

/**
 * What Hôm nay says of them; an empty text if there are none.
 * @param {Earlier[]} found
 */
export function transferText(found) {
  if (found.length === 0) return "";
  return _("Máy còn giữ %(n)s lượt ghi trước đây bằng số điện thoại này. Xem có phải của mình không.", {
    n: numberText(countOf(found)),
  });
}

/**
 * @param {Earlier[]} found
 * @param {string} [problem]
 */
function show(found, problem = "") {
  const context = {
    rows: found.map(({ account, ops }) => ({
      name: account.name,
      phone: account.phone,
      count: _("%(n)s lượt", { n: numberText(ops.length) }),
    })),
    errors: problem ? [{ field: "mine", text: problem }] : [],
  };
  return page("transfer", context, problem ? 422 : 200);
}

/** @param {Earlier[]} found */
function countOf(found) {
  return found.reduce((sum, { ops }) => sum + ops.length, 0);
}
