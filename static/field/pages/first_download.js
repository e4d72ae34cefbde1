// The first download: how far it is. It runs by itself; this page looks on.

import { status } from "../store/replica.js";
import { _ } from "../strings.js";
import { page, see } from "./answers.js";
import { numberText } from "./formats.js";

/** @typedef {import("./answers.js").Answer} Answer */
/** @typedef {import("./answers.js").SignedIn} SignedIn */

/** @type {Record<string, string>} */
const PROBLEMS = {
  offline: _("Chưa tải được vì không có mạng. Đến nơi có mạng rồi thử lại."),
  busy: _("Máy chủ đang bận. Sẽ tự tải lại sau ít phút."),
  sign_in: _("Máy chủ không nhận máy này. Đăng nhập lại bằng mã mời mới."),
  update: _("Cần bản mới của ứng dụng. Đóng ứng dụng rồi mở lại khi có mạng."),
  fault: _("Máy chủ trả lời chưa đúng. Báo cán bộ xã nếu vẫn vậy."),
  clock: _('Giờ trên máy đang sai. Hãy bật "Tự động đặt giờ".'),
  full: _("Máy sắp hết chỗ. Xoá bớt ảnh hoặc ứng dụng rồi thử lại."),
};

/**
 * How far the download is; once the list is here, Hôm nay.
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function showFirstDownload({ account, world }) {
  const { ready } = await status(account.account_id);
  if (ready) return see("/field/");
  const { outcome, progress } = world.sync();
  const percent = progress
    ? Math.floor((100 * progress.received) / Math.max(progress.received + progress.left, 1))
    : null;
  return page("first_download", {
    name: account.name,
    hamlets: account.hamlets.map(({ name }) => name).join(", "),
    percent,
    text: percent === null ? _("Đang tải danh sách…") : progressText(account.households, percent),
    problem: progress ? "" : (PROBLEMS[outcome] ?? ""),
  });
}

/**
 * @param {number} households
 * @param {number} percent
 */
function progressText(households, percent) {
  if (!households) return _("Đang tải danh sách… %(percent)s %%", { percent });
  return _("Đang tải danh sách %(n)s hộ… %(percent)s %%", { n: numberText(households), percent });
}

/**
 * [Thử lại].
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function retryFirstDownload({ account, world }) {
  world.send(account.account_id);
  return see("/field/first-download");
}
