// How far the phone's clock is off is said in the unit in which people think of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readyPhone } from "../support/pageHarness.js";

const HOUR = 60;

for (const [minutes, words] of [
  [10, ""],
  [23, "23 phút"],
  [-119, "119 phút"],
  [5 * HOUR + 10, "5 giờ"],
  [47 * HOUR, "47 giờ"],
  [-47_520, "33 ngày"],
]) {
  test(`a clock that is ${minutes} minutes off: ${words || "nothing is said"}`, async () => {
    const phone = await readyPhone();
    phone.clockOffset = minutes * 60_000;
    await phone.sync();
    const { clock } = (await phone.get("/field/")).context;
    assert.equal(clock, words && `Giờ trên máy lệch ${words}. Hãy bật "Tự động đặt giờ".`);
  });
}
