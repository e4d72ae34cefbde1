// The progress of the first download. The scheduler runs it; this page only shows it.

import { _ } from "../../core/strings.ts";
import { unsentOperations } from "../../store/outbox.ts";
import { replicaStatus } from "../../store/view/replica.ts";
import { numberText } from "../formats.ts";
import { type PageResponse, page, redirect, type SignedInRequest } from "../responses.ts";

const PROBLEMS: Record<string, string> = {
  offline: _("Chưa tải được vì không có mạng. Đến nơi có mạng rồi thử lại."),
  busy: _("Nơi nhận đang bận. Sẽ tự tải lại sau ít phút."),
  off: _("Nơi này đang tạm dừng. Hỏi cán bộ."),
  sign_in: _("Nơi nhận không nhận ra máy này. Đăng nhập lại bằng mã mời mới."),
  update: _("Cần bản mới của ứng dụng. Đóng ứng dụng rồi mở lại khi có mạng."),
  error: _("Nơi nhận trả lời chưa đúng. Báo cán bộ nếu vẫn vậy."),
  clock: _('Giờ trên máy đang sai. Hãy bật "Tự động đặt giờ".'),
  portal: _("Wi-Fi này cần đăng nhập trong trình duyệt trước."),
  full: _("Máy sắp hết chỗ. Xóa bớt ảnh hoặc ứng dụng rồi thử lại."),
};

/** The progress of the download; redirects to Hôm nay once the list is complete. */
export async function showFirstDownload({ account, env }: SignedInRequest): Promise<PageResponse> {
  const { ready, export_key } = await replicaStatus(account.account_id);
  if (ready) return redirect("/field/");
  const { outcome, progress } = env.sync();
  const problem = progress ? "" : (PROBLEMS[outcome] ?? "");
  const percent = progress
    ? Math.floor((100 * progress.received) / Math.max(progress.received + progress.left, 1))
    : null;
  return page("first_download", {
    name: account.name,
    hamlets: account.hamlets.map(({ name }) => name).join(", "),
    percent,
    text: percent === null ? _("Đang tải danh sách…") : progressText(account.households, percent),
    problem,
    // After the storage was emptied: what the journal has restored, and cannot be sent.
    can_export: Boolean(problem && export_key && (await unsentOperations(account.account_id)).length),
  });
}

function progressText(households: number, percent: number) {
  if (!households) return _("Đang tải danh sách… %(percent)s %%", { percent });
  return _("Đang tải danh sách %(n)s hộ… %(percent)s %%", { n: numberText(households), percent });
}

/** [Thử lại]. */
export async function retryFirstDownload({ account, env }: SignedInRequest): Promise<PageResponse> {
  env.send(account.account_id);
  return redirect("/field/first-download");
}
