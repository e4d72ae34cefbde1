// What a form says when the phone could not save it. The form stays, with all that was typed.

import { StorageFull } from "../store/outbox.js";
import { _ } from "../strings.js";

/**
 * The sentence for the box above the form; it belongs to no field.
 * @param {unknown} fault
 * @returns {Record<string, string>}
 */
export function unsaved(fault) {
  console.error(fault);
  const full = fault instanceof StorageFull;
  return {
    "": full ? _("Máy sắp hết chỗ. Hãy gửi các lượt đã ghi rồi thử lại.") : _("Máy chưa lưu được. Thử lại."),
  };
}
