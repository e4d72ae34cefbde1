// The steps of a guide, one a screen, in large letters: to show to whoever sits beside the phone.

import type { GuideRow } from "../../core/protocol.ts";
import { _ } from "../../core/strings.ts";
import { type PageResponse, page } from "../responses.ts";

/** The steps of a guide; none of one that an earlier version of the app has stored. */
export function stepsOf({ steps }: GuideRow) {
  return steps ?? [];
}

/** The address of a step, from 1 on. `from`: the form from which the guide was opened, or nothing. */
export function stepAddress({ id }: GuideRow, step: number, from: string = "") {
  return `/field/guides/${id}/steps?step=${step}${from && `&from=${from}`}`;
}

/**
 * One step of a guide that has steps.
 * @param wanted its number; the nearest that there is
 * @param back where the guide was opened from
 */
export function stepPage(
  guide: GuideRow,
  wanted: number,
  from: string = "",
  back: { href: string; label: string },
): PageResponse {
  const steps = stepsOf(guide);
  const total = steps.length;
  const number = Math.min(Math.max(Math.trunc(wanted) || 1, 1), total);
  return page("guide_steps", {
    ...steps[number - 1],
    guide: guide.title,
    place: `${number} / ${total}`,
    place_words: _("Bước %(number)s trên %(total)s", { number, total }),
    previous: number > 1 ? stepAddress(guide, number - 1, from) : "",
    next: number < total ? stepAddress(guide, number + 1, from) : "",
    whole: `/field/guides/${guide.id}?whole=1${from && `&from=${from}`}`,
    back,
  });
}
