// The error of a form that the phone could not save. The form stays on screen with its fields.

import { _ } from "../core/strings.js";
import { StorageFull } from "../store/outbox.js";

/**
 * The sentence for the box above the form, under `""`: it belongs to no field.
 * @param {unknown} error
 * @returns {Record<string, string>}
 */
export function saveFailed(error) {
  console.error(error);
  const full = error instanceof StorageFull;
  return {
    "": full ? _("Máy sắp hết chỗ. Hãy gửi các lượt đã ghi rồi thử lại.") : _("Máy chưa lưu được. Thử lại."),
  };
}
