// Households that may be the one about to be added: the same address, or a similar name. app/review/register/similar.py has the
// same rule.

import { fold, isNear } from "../../core/text.ts";
import type { Household, View } from "../../store/view/overlay.ts";
import { isActive } from "./householdStatus.ts";

type NewHousehold = { head_name: string; house_no: string; alley: string; hamlet_id: string };

const MAX_SHOWN = 5;
/** In a shorter name one different letter is another name. */
const MIN_NEAR_LENGTH = 6;

/** The active households of the same hamlet that may be this one, at most five. */
export function similarHouseholds(view: View, added: NewHousehold): Household[] {
  const neighbours = [...view.households.values()].filter(
    (household) => household.hamlet_id === added.hamlet_id && isActive(household),
  );
  const same = neighbours.filter((household) => hasSameAddress(household, added) || hasSameName(household, added));
  const near = neighbours.filter((household) => !same.includes(household) && hasNearName(household, added));
  return [...same, ...near].slice(0, MAX_SHOWN);
}

function hasSameAddress(household: Household, added: NewHousehold) {
  const number = fold(added.house_no);
  if (!number || fold(household.house_no ?? "") !== number) return false;
  const [one, other] = [fold(household.alley ?? ""), fold(added.alley)];
  return one === other || !one || !other;
}

/** *Nguyễn Đức* may be *Nguyễn Văn Đức*: every word of the shorter name, at least two, is in the longer. */
function hasSameName(household: Household, added: NewHousehold) {
  const names = [fold(household.head_name).split(" "), fold(added.head_name).split(" ")];
  const [shorter, longer] = names.sort((one, other) => one.length - other.length);
  if (shorter.length < 2) return shorter.join() === longer.join();
  return shorter.every((word) => longer.includes(word));
}

/** *Nguyễn Văn Đứt* may be *Nguyễn Văn Đức*: one wrong letter. */
function hasNearName(household: Household, added: NewHousehold) {
  const name = fold(added.head_name);
  return name.length >= MIN_NEAR_LENGTH && isNear(fold(household.head_name), name);
}
