// What was begun in a form and is not saved yet, as lists name it.

import { _ } from "../core/strings.ts";
import { inAccount } from "../store/db.ts";
import type { Values } from "../store/drafts.ts";
import type { View } from "../store/view/overlay.ts";
import { dateText } from "./formats.ts";
import { householdLabel } from "./labels.ts";
import { lostHousehold } from "./visits/visitForm.ts";

/** `household`: the one it is about, or an empty text */
export type DraftRow = { href: string; label: string; what: string; household: string };

/**
 * The forms that were begun and not saved, the newest first. Of one whose household has left the list, the number and
 * the day.
 */
export async function listDrafts(accountId: string, view: View | Promise<View>): Promise<DraftRow[]> {
  const reading = inAccount(accountId, ["drafts"], "readonly", (tx) => tx.objectStore("drafts").getAll());
  const [drafts, shown] = await Promise.all([reading, view]);
  return drafts.sort((one, other) => other.at.localeCompare(one.at)).flatMap((draft) => draftRow(draft, shown));
}

/** @returns empty for the setting of *Ghi nhanh* */
function draftRow({ key, at, values }: { key: string; at: string; values: Values }, view: View): DraftRow[] {
  const [kind, mode, id = ""] = key.split(":");
  const subject = (kind === "visit" && mode === "edit" && view.visits.get(id)?.household_id) || id;
  const household = view.aliases.get(subject) ?? subject;
  const about = () => householdText(view, household, at, values);
  const forms: Record<string, () => Omit<DraftRow, "household">> = {
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

/** @param at when the draft was written last */
function householdText(view: View, id: string, at: string, values: Values) {
  const household = view.households.get(id);
  if (household) return householdLabel(household);
  const number = String(values.number ?? values.house_no ?? "");
  return `${lostHousehold(number).title} · ${dateText(at)}`;
}
