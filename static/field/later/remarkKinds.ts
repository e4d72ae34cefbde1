// The kinds of remarks, as the report's headings have them.

import { _ } from "../core/strings.ts";

/** @type {Record<string, string>} */
export const KIND_LABELS = { difficulty: _("Khó khăn, kiến nghị"), practice: _("Cách làm hay") };
