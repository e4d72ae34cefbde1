// What is said of records in practice, in place of sentences that would not be true: nothing is sent. An empty text is
// not shown.

import { _ } from "../core/strings.ts";

/** By the sentence of the app; values are filled in later. */
export const WORDS = {
  "Chưa gửi": _("Ghi thử"),
  "Sẽ tự gửi khi có mạng.": _("Ghi thử, không gửi đi đâu."),
  "Đã lưu trên máy. Sẽ tự gửi khi có mạng.": _("Đã lưu. Ghi thử, không gửi đi đâu."),
  "%(what)s trên máy, chưa gửi": _("%(what)s ghi thử, không gửi đi đâu", { what: "%(what)s" }),
  "Còn %(what)s chưa gửi.": "",
  "Máy này còn %(what)s chưa gửi, chưa tính ở đây.": _("%(what)s ghi thử, không tính ở đây.", { what: "%(what)s" }),
  "Lượt cũ nhất lưu trên máy từ %(when)s.": "",
  "Hãy đến nơi có mạng, hoặc báo cán bộ.": "",
  "Hôm nay ghi %(n)s, đã gửi %(received)s": _("Hôm nay ghi thử %(n)s", { n: "%(n)s" }),
};
