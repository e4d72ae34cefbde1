// What Hôm nay says of a record that the server refused. The words for it are loaded later, and the page waits for nothing.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { endless, readyPhone, unloadable } from "../support/pageHarness.js";
import { record } from "../support/phone.js";

const GENERAL = "Nơi nhận chưa lưu được việc đã ghi này. Xem lại rồi lưu, hoặc báo cán bộ.";
/** @type {import("../support/pageHarness.js").Phone} */
let phone;

const reason = async () => (await phone.get("/field/")).context.fixes.rows[0].reason;

beforeEach(async () => {
  phone = await readyPhone();
  phone.server.decide = () => ({ status: "rejected", code: "service_unknown", fields: ["services"] });
  await record("lan", "h12");
  await phone.sync();
});

describe("Hôm nay says of a refused operation", { timeout: 10_000 }, () => {
  test("that it was refused, at once, and why as soon as the words are loaded", async () => {
    assert.deepEqual([await reason(), phone.redraws], [GENERAL, 1]);
    assert.equal(await reason(), "Có việc không còn trong danh mục. Bỏ chọn việc đó rồi lưu lại.");
    assert.equal(phone.redraws, 1);
  });

  for (const [network, loadLater] of Object.entries({ "no network": unloadable, "a network that hangs": endless })) {
    test(`that it was refused with ${network}, which it does not wait for`, async ({ mock }) => {
      mock.method(console, "error", () => {});
      phone.restartWith(loadLater);
      assert.deepEqual([await reason(), phone.redraws], [GENERAL, 0]);
      assert.equal(await reason(), GENERAL);
    });
  }
});
