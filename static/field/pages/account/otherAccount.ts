// What is said where a form comes from another account than the open one.

import { _ } from "../../core/strings.ts";

/** @param name whose account is open */
export function otherAccountWords(name: string) {
  const sentences = [
    _("Máy này đang mở cho %(name)s, nên chưa lưu phần vừa ghi.", { name }),
    _("Phần ghi dở vẫn giữ trên máy cho người đã ghi. Người đó đăng nhập lại rồi lưu."),
  ];
  return { title: _("Máy đã đổi người dùng"), sentences };
}
