// A phone whose tab practises, as boot/practice.ts begins it, and the real records again.

import * as later from "../../../static/field/boot/secondBundle.ts";
import { PRACTICE } from "../../../static/field/core/device.ts";
import { tab } from "../../../static/field/core/pageState.ts";
import { practiceEnvironment } from "../../../static/field/practice/environment.ts";
import { preparePractice } from "../../../static/field/practice/prepare.ts";

/** The phone's tab practises from now on. */
export async function practise(phone) {
  tab.space = PRACTICE;
  const real = phone.environment();
  const loadReal = async () => ({ ...(await real.loadLater()), ROUTES: later.ROUTES });
  const environment = { ...real, ...practiceEnvironment(loadReal) };
  phone.environment = () => environment;
  phone.restart();
  await preparePractice(phone.now);
  return phone;
}

/** The tab has the real records. */
export function showRealRecords() {
  tab.space = "tung-nha";
}
