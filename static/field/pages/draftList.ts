// What was begun in a form and is not saved yet, as lists name it.

import { _ } from "../core/strings.ts";
import { inAccount } from "../store/db.ts";
import { dateText } from "./formats.ts";
import { householdLabel } from "./labels.ts";
import { lostHousehold } from "./visits/visitForm.ts";

/** @typedef {import("../store/view/overlay.ts").View} View */
/** @typedef {import("../store/drafts.ts").Values} Values */
/** @typedef {{href: string, label: string, what: string, household: string}} DraftRow `household`: the one it is about, or an empty text */

/**
 * The forms that were begun and not saved, the newest first. Of one whose household has left the list, the number and the day.
 * @param {string} accountId
 * @param {View} view
 * @returns {Promise<DraftRow[]>}
 */
export async function listDrafts(accountId, view) {
  const drafts = await inAccount(accountId, ["drafts"], "readonly", (tx) => tx.objectStore("drafts").getAll());
  return drafts.sort((one, other) => other.at.localeCompare(one.at)).flatMap((draft) => draftRow(draft, view));
}

/**
 * @param {{key: string, at: string, values: Values}} draft
 * @param {View} view
 * @returns {DraftRow[]} empty for the setting of *Ghi nhanh*
 */
function draftRow({ key, at, values }, view) {
  const [kind, mode, id = ""] = key.split(":");
  const subject = (kind === "visit" && mode === "edit" && view.visits.get(id)?.household_id) || id;
  const household = view.aliases.get(subject) ?? subject;
  const about = () => householdText(view, household, at, values);
  /** @type {Record<string, () => Omit<DraftRow, "household">>} */
  const forms = {
    "visit:new": () => ({ href: `/field/households/${id}/visit`, label: about(), what: _("Lượt thăm") }),
    "visit:edit": () => ({ href: `/field/visits/${id}/edit`, label: about(), what: _("Sửa lượt thăm") }),
    "household:new": () => ({ href: "/field/households/new", label: _("Hộ mới"), what: _("Thêm hộ") }),
    "household:edit": () => ({ href: `/field/households/${id}/edit`, label: about(), what: _("Sửa thông tin hộ") }),
    "session:new": () => ({ href: "/field/sessions/new", label: _("Buổi tuyên truyền"), what: _("Ghi buổi mới") }),
    "session:edit": () => ({
      href: `/field/sessions/${id}/edit`,
      label: _("Buổi tuyên truyền"),
      what: _("Sửa buổi tuyên truyền"),
    }),
    "remark:new": () => ({ href: "/field/remarks/new", label: _("Ý kiến cho báo cáo"), what: _("Viết ý kiến mới") }),
    "remark:edit": () => ({ href: `/field/remarks/${id}/edit`, label: _("Ý kiến cho báo cáo"), what: _("Sửa ý kiến") }),
  };
  const row = forms[`${kind}:${mode}`];
  return row ? [{ ...row(), household }] : [];
}

/**
 * @param {View} view
 * @param {string} id
 * @param {string} at when the draft was written last
 * @param {Values} values
 */
function householdText(view, id, at, values) {
  const household = view.households.get(id);
  if (household) return householdLabel(household);
  const number = String(values.number ?? values.house_no ?? "");
  return `${lostHousehold(number).title} · ${dateText(at)}`;
}
