// Onto the home screen: asked after a save, three times at most, a week apart.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { stopAsking } from "../../static/field/store/asking.js";
import { readyPhone } from "./pages_world.js";
import { record } from "./phone.js";

const DAY = 24 * 3600_000;
/** @type {import("./pages_world.js").Phone} */
let phone;
let day = 0;

beforeEach(async () => {
  phone = await readyPhone();
  phone.installable = true;
  day = 0;
});

/** Lan records a visit, `days` after the one before, and sees that it is saved; the page's address and what it asks. */
async function saved(days = 0) {
  day += days;
  phone.now = new Date(Date.UTC(2026, 10, 24, 3) + day * DAY);
  const { data } = await record("lan", "h12", {}, { at: phone.now.toISOString() });
  const address = `/field/visits/${data.id}/saved`;
  return { address, install: (await phone.get(address)).context.install };
}

describe("after a save", () => {
  test("Lan is asked three times, a week apart, and never again", async () => {
    const asked = [];
    for (const days of [0, 0, 6, 1, 6, 1, 7, 700]) asked.push((await saved(days)).install);
    assert.deepEqual(asked, [true, false, false, true, false, true, false, false]);
  });

  test("as long as she stays on the page the question stays, and is counted once", async () => {
    const { address } = await saved();
    for (let look = 0; look < 5; look += 1) assert.ok((await phone.get(address)).context.install);
    assert.ok((await saved(7)).install);
  });

  test("where there is no way onto the home screen, or the app was opened from there, nothing is asked nor counted", async () => {
    phone.installable = false;
    assert.equal((await saved()).install, false);
    phone.installable = true;
    assert.ok((await saved()).install);
  });

  test("once the app is there nobody asks again", async () => {
    await stopAsking();
    assert.equal((await saved(30)).install, false);
  });
});
