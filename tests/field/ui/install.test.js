// The offer to install the app on the home screen: after a save, three times at most, a week apart.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { stopInstallPrompts } from "../../../static/field/pages/installPrompt.ts";
import { readyPhone } from "../support/pageHarness.js";
import { record } from "../support/phone.js";

const DAY = 24 * 3600_000;
/** @type {import("../support/pageHarness.js").Phone} */
let phone;
let day = 0;

beforeEach(async () => {
  phone = await readyPhone();
  phone.installable = true;
  day = 0;
});

/** Lan records a visit `days` after the one before. The address of Đã lưu, and whether it offers to install the app. */
async function recordAfter(days = 0) {
  day += days;
  phone.now = new Date(Date.UTC(2026, 10, 24, 3) + day * DAY);
  const { data } = await record("lan", "h12", {}, { at: phone.now.toISOString() });
  const address = `/field/visits/${data.id}/saved`;
  return { address, install: (await phone.get(address)).context.install };
}

describe("after a save", () => {
  test("it is offered three times, a week apart, and never again", async () => {
    const offers = [];
    for (const days of [0, 0, 6, 1, 6, 1, 7, 700]) offers.push((await recordAfter(days)).install);
    assert.deepEqual(offers, [true, false, false, true, false, true, false, false]);
  });

  test("it stays on the page that has it, and is counted once", async () => {
    const { address } = await recordAfter();
    for (let look = 0; look < 5; look += 1) assert.ok((await phone.get(address)).context.install);
    assert.ok((await recordAfter(7)).install);
  });

  test("it is neither offered nor counted where the app cannot be installed", async () => {
    phone.installable = false;
    assert.equal((await recordAfter()).install, false);
    phone.installable = true;
    assert.ok((await recordAfter()).install);
  });

  test("it is not offered again once the app is installed", async () => {
    await stopInstallPrompts();
    assert.equal((await recordAfter(30)).install, false);
  });
});
