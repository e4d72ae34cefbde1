// The kinds of remarks, as the report's headings have them.

import { _ } from "../../core/strings.ts";

export const KIND_LABELS: Record<string, string> = {
  difficulty: _("Khó khăn, kiến nghị"),
  practice: _("Cách làm hay"),
};
