// At what kind of place a session was, where the commune wants to know it.

import type { Venue } from "../../core/protocol.ts";
import { _ } from "../../core/strings.ts";

export const VENUES: Record<string, string> = {
  one_stop_centre: _("Bộ phận một cửa"),
  community_house: _("Nhà văn hóa"),
  market: _("Chợ"),
  other: _("Nơi khác"),
} satisfies Record<Venue, string>;

/**
 * The choices; empty if the commune does not ask and nothing is chosen.
 * @param chosen the code that is chosen, empty for none
 */
export function venueChoices(isAsked: boolean, chosen: string) {
  if (!isAsked && !chosen) return [];
  return Object.entries(VENUES).map(([code, label]) => ({ code, label, chosen: code === chosen }));
}

/** What stands for a place that nobody has named: its kind, if that says where it was. */
export function placeOf(venue: string) {
  return venue === "other" ? "" : (VENUES[venue] ?? "");
}
