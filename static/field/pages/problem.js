// The pages for what should not happen: each says that what was recorded is safe, and where to go.

import { StorageFull } from "../store/outbox.js";
import { _ } from "../strings.js";
import { NotHere, page } from "./answers.js";

const HOME = { href: "/field/", label: _("Về Hôm nay") };

/**
 * The page for an address or a record that is not here.
 */
export function notFound() {
  const sentences = [
    _("Địa chỉ này không có trong máy, hoặc hộ này không còn trong danh sách được giao."),
    _("Những gì đã ghi vẫn còn trên máy."),
  ];
  return page("problem", { title: _("Không tìm thấy trang này"), sentences, way: HOME }, 404);
}

/**
 * The page for whatever a page threw. `back` is where the form, whose draft is kept, can be found again.
 * @param {unknown} fault
 * @param {string} back
 */
export function problem(fault, back) {
  if (fault instanceof NotHere) return notFound();
  const way = { href: back, label: _("Thử lại") };
  if (fault instanceof StorageFull) {
    const sentences = [
      _("Máy sắp hết chỗ. Hãy gửi các lượt đã ghi rồi thử lại."),
      _("Những gì đã ghi vẫn còn trên máy."),
    ];
    // The one status above 499 that the shell lets htmx show.
    return page(
      "problem",
      { title: _("Chưa lưu được"), sentences, way: { href: "/field/log", label: _("Đã ghi") } },
      500,
    );
  }
  const sentences = [
    _("Trang này gặp lỗi khi mở. Những gì đã ghi vẫn còn trên máy."),
    _("Nếu vẫn lỗi, đóng ứng dụng rồi mở lại."),
  ];
  return page("problem", { title: _("Có lỗi trên máy"), sentences, way }, 500);
}
