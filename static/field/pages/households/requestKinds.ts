// What a household may ask about its data, in the desk's words, and as one would say it at the door.

import type { RequestKind } from "../../core/protocol.ts";
import { _ } from "../../core/strings.ts";

type Wording = { label: string; example: string };

const KINDS: Record<RequestKind, Wording> = {
  view: { label: _("Xem dữ liệu"), example: _("Đang lưu những gì về nhà tôi?") },
  correct: { label: _("Chỉnh sửa dữ liệu"), example: _("Tên, địa chỉ, lượt thăm ghi chưa đúng.") },
  copy: { label: _("Cung cấp dữ liệu"), example: _("Cho tôi một bản để giữ.") },
  withdraw: { label: _("Rút lại sự đồng ý"), example: _("Tôi không đồng ý cho lưu nữa.") },
  restrict: { label: _("Hạn chế xử lý"), example: _("Giữ đó, nhưng đừng dùng nữa.") },
  object: { label: _("Phản đối xử lý"), example: _("Tôi không muốn dùng vào việc này.") },
  protect: { label: _("Thực hiện biện pháp bảo vệ"), example: _("Giữ kín dữ liệu của nhà tôi.") },
  erase: { label: _("Xóa dữ liệu"), example: _("Xóa những gì đã ghi về nhà tôi.") },
};

export const REQUEST_KINDS: Record<string, Wording | undefined> = KINDS;
