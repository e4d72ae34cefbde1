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
 * The page for a form of somebody who is not the open account any more: another tab has opened this one.
 * @param {{name: string}} account
 */
export function otherAccount({ name }) {
  const sentences = [
    _("Máy này đang mở cho %(name)s, nên chưa lưu phần vừa ghi.", { name }),
    _("Phần ghi dở vẫn giữ trên máy cho người đã ghi. Người đó đăng nhập lại rồi lưu."),
  ];
  return page("problem", { title: _("Máy đã đổi người dùng"), sentences, way: HOME }, 409);
}

/**
 * The page for whatever a page threw. `back` is where the form, whose draft is kept, can be found again; `readable`:
 * what was recorded can be read, so that it is known to be there.
 * @param {unknown} fault
 * @param {string} back
 * @param {boolean} readable
 */
export function problem(fault, back, readable) {
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
    readable
      ? _("Trang này gặp lỗi khi mở. Những gì đã ghi vẫn còn trên máy.")
      : _("Trình duyệt chưa cho đọc dữ liệu trên máy, nên chưa xem được những gì đã ghi."),
    _("Nếu vẫn lỗi, đóng ứng dụng rồi mở lại."),
  ];
  return page("problem", { title: _("Có lỗi trên máy"), sentences, way }, 500);
}
