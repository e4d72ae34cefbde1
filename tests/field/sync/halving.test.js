// An operation that makes the server refuse a whole request is found and moved to what needs a fix.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import * as outbox from "../../../static/field/store/outbox.ts";
import { opIds } from "../support/phone.js";
import { recordMany, server, startPhone, sync } from "../support/syncPhone.js";

beforeEach(startPhone);

/** Refuses every request that contains an operation with the note *poison*. */
const refusing =
  (status, error) =>
  ({ ops }) =>
    ops.some(({ data }) => data.note === "poison") && { status, error, fields: ["ops"] };

for (const [status, error] of [
  [400, "invalid"],
  [413, "too_large"],
  [422, "invalid"],
  [500, "internal"],
]) {
  test(`the one operation that makes every request fail with ${status} moves to fixes, and the others are sent`, async () => {
    const ids = await recordMany(250, (index) => ({ note: index === 77 ? "poison" : "" }));
    server.refuse = refusing(status, error);
    assert.deepEqual(await sync(), { outcome: "sent", sent: 249, left: 0 });
    const [fix, ...others] = await outbox.refusedOperations("lan");
    assert.deepEqual([fix.op_id, fix.code, fix.fields, others.length], [ids[77], error, ["ops"], 0]);
    assert.ok(server.requests.length < 25, `${server.requests.length} requests`);
    assert.ok(ids.every((id, index) => (server.applied.get(id) ?? 0) === Number(index !== 77)));
  });
}

test("two such operations both move there", async () => {
  const ids = await recordMany(40, (index) => ({ note: index === 3 || index === 39 ? "poison" : "" }));
  server.refuse = refusing(422, "invalid");
  assert.equal((await sync()).sent, 38);
  assert.deepEqual(await opIds("lan", "fixes"), [ids[3], ids[39]].sort());
});

test("if the server refuses even an empty exchange, no operation is refused", async () => {
  const ids = await recordMany(5);
  server.refuse = () => ({ status: 500, error: "internal" });
  assert.deepEqual(await sync(), { outcome: "error", code: "internal", fields: [], sent: 0, left: 5 });
  assert.deepEqual(await opIds("lan", "outbox"), ids.toSorted());
});

test("an error that ends before the empty exchange refuses no operation", async () => {
  const [id] = await recordMany(1);
  server.refuse = ({ ops }) => ops.length > 0 && server.requests.length < 2 && { status: 500, error: "internal" };
  assert.deepEqual(await sync(), { outcome: "sent", sent: 1, left: 0 });
  assert.deepEqual(await opIds("lan", "sent"), [id]);
});

test("a captive portal's 422 halves nothing and refuses nothing", async () => {
  await recordMany(2);
  let requests = 0;
  const fetch = async () => {
    requests += 1;
    return new Response("<html>", { status: 422 });
  };
  assert.deepEqual([await sync({ fetch }), requests], [{ outcome: "portal", sent: 0, left: 2 }, 1]);
});
