// The error of what the phone could not save. The page stays on screen, a form with its fields.

import { _ } from "../core/strings.ts";
import { StorageFull } from "../store/outbox.ts";

/** The sentence for the box above the page, under `""`: it belongs to no field. */
export function saveFailed(error: unknown): Record<string, string> {
  console.error(error);
  const full = error instanceof StorageFull;
  return {
    "": full ? _("Máy sắp hết chỗ. Hãy gửi các lượt đã ghi rồi thử lại.") : _("Máy chưa lưu được. Thử lại."),
  };
}

/** The same for a form: on a phone without room it says first what has become of what was typed. */
export function formNotSaved(error: unknown): Record<string, string> {
  const failed = saveFailed(error);
  if (!(error instanceof StorageFull)) return failed;
  return { "": [_("Chưa lưu được. Những gì vừa nhập vẫn còn ở đây."), failed[""]].join(" ") };
}
