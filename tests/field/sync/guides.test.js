// Guides: they come after the list, once, and again when they change; a reset of the list does not take them away.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { loadGuides } from "../../../static/field/store/view/guideList.ts";
import { server, startPhone, sync } from "../support/syncPhone.js";

beforeEach(startPhone);

const titles = async () => (await loadGuides("lan")).map(({ title }) => title);
const cursors = () => server.requests.map(({ guide_cursor }) => guide_cursor);

test("the guides come with the exchange after the one that completes the list", async () => {
  const { feed_seq } = server.guide("vssid");
  await sync();
  assert.deepEqual(await titles(), ["vssid"]);
  await sync();
  assert.deepEqual(cursors(), [undefined, 0, feed_seq]);
});

test("a guide that has changed replaces the earlier text, the others stay", async () => {
  server.guide("vssid", { order: 2 });
  server.guide("bills", { order: 1 });
  await sync();
  assert.deepEqual(await titles(), ["bills", "vssid"]);
  server.guide("vssid", { order: 2, title: "VssID mới" });
  await sync();
  assert.deepEqual(await titles(), ["bills", "VssID mới"]);
});

test("a guide that the commune has removed leaves the phone and comes back with its text", async () => {
  server.guide("vssid", { order: 1 });
  server.guide("own-1", { order: 2, title: "Phí rác" });
  await sync();
  assert.deepEqual(await titles(), ["vssid", "Phí rác"]);
  server.guide("own-1", { order: 0, pillar: "", title: "", html: "", removed: true });
  await sync();
  assert.deepEqual(await titles(), ["vssid"]);
  server.guide("own-1", { order: 2, title: "Phí rác" });
  await sync();
  assert.deepEqual(await titles(), ["vssid", "Phí rác"]);
  assert.ok(cursors().at(-1) > 0);
});

test("a guide that was added after the backup leaves the phone when the server was restored", async () => {
  server.guide("vssid");
  await sync();
  const backup = server.backup();
  server.guide("own-1", { title: "Phí rác" });
  await sync();
  server.restore(backup, "second");
  await sync();
  assert.deepEqual(await titles(), ["vssid"]);
});

test("the guides stay while the list is downloaded anew for another hamlet", async () => {
  server.guide("vssid");
  await sync();
  server.hamlets = new Set(["dong", "tay"]);
  const before = server.requests.length;
  await sync();
  assert.deepEqual(await titles(), ["vssid"]);
  assert.ok(server.requests.slice(before).every(({ guide_cursor }) => guide_cursor !== 0));
});

test("after a restore of the server the phone asks for all guides again", async () => {
  const backup = server.backup();
  server.guide("vssid", { title: "Mới hơn bản sao lưu" });
  await sync();
  server.restore(backup, "second");
  server.guide("vssid", { title: "Bản của máy chủ" });
  await sync();
  assert.deepEqual(await titles(), ["Bản của máy chủ"]);
  assert.equal(cursors().at(-1), 0);
});
