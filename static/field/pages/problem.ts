// Error pages. Each says that the records are safe and links to a page that works, with a full load of the app.

import { _ } from "../core/strings.ts";
import { StorageFull } from "../store/outbox.ts";
import { isNotFound, type LaterWords, page } from "./responses.ts";

const TODAY_LINK = { href: "/field/", label: _("Về Hôm nay") };

/**
 * The page for an unknown address or record.
 */
export function notFoundPage() {
  const sentences = [
    _("Địa chỉ này không có trong máy, hoặc hộ này không còn trong danh sách được giao."),
    _("Những gì đã ghi vẫn còn trên máy."),
  ];
  return page("problem", { title: _("Không tìm thấy trang này"), sentences, link: TODAY_LINK }, 404);
}

/**
 * The page for a part of the app that is not stored on the phone, and cannot be loaded now. The page's link loads the
 * app anew, because a browser may remember the failure, and an old tab asks for a file of an older build.
 */
export function notStoredPage() {
  const sentences = [
    _("Phần này phải tải về một lần. Khi có mạng, về Hôm nay rồi mở lại phần này."),
    _("Những gì đã ghi vẫn còn trên máy."),
  ];
  return page("problem", { title: _("Phần này chưa có trên máy"), sentences, link: TODAY_LINK }, 500);
}

/** The page for a form that was drawn for another account: another tab has switched accounts since. */
export function otherAccountPage(words: ReturnType<LaterWords["otherAccountWords"]>) {
  return page("problem", { ...words, link: TODAY_LINK }, 409);
}

/**
 * The page for an error that a handler threw. `back` is the address of the form, whose draft is stored; `readable` says
 * whether the database can be read: only then may the page claim that the records are there.
 */
export function problemPage(error: unknown, back: string, readable: boolean) {
  if (isNotFound(error)) return notFoundPage();
  const link = { href: back, label: _("Thử lại") };
  if (error instanceof StorageFull) {
    const sentences = [
      _("Máy sắp hết chỗ. Hãy gửi các lượt đã ghi rồi thử lại."),
      _("Những gì đã ghi vẫn còn trên máy."),
    ];
    // The shell's htmx swaps no other 5xx status.
    return page(
      "problem",
      { title: _("Chưa lưu được"), sentences, link: { href: "/field/log", label: _("Đã ghi") } },
      500,
    );
  }
  const sentences = [
    readable
      ? _("Trang này gặp lỗi khi mở. Những gì đã ghi vẫn còn trên máy.")
      : _("Trình duyệt chưa cho đọc dữ liệu trên máy, nên chưa xem được những gì đã ghi."),
    _("Nếu vẫn lỗi, đóng ứng dụng rồi mở lại."),
  ];
  return page("problem", { title: _("Có lỗi trên máy"), sentences, link }, 500);
}
