// Which answers acknowledge operations, and what the other answers mean.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { json, unreachable } from "../support/modelServer.js";
import { opIds, record, replica } from "../support/phone.js";
import { answering, exchangeOnce, server, startPhone, storedIds, tampered } from "../support/syncPhone.js";

beforeEach(startPhone);

/** By name, answers that do not come from the server or do not belong to the request. */
const invalidAnswers = {
  "a captive portal's page with status 200": answering("<html>Wi-Fi miễn phí. Đăng nhập</html>", 200),
  "a captive portal's JSON with status 200": answering({ ok: true }, 200),
  "results without proto": tampered((body) => void delete body.proto),
  "results of another proto": tampered((body) => void (body.proto = 2)),
  "our answer with status 202": async (...args) => json(await (await server.fetch(...args)).json(), 202),
  "a gateway's HTML 502": answering("<html>Bad gateway</html>", 502),
  "a result of an operation that was not sent": tampered((body) => void (body.results[0].op_id = "another")),
  "a result of an operation that was not sent, beside ours": tampered(
    (body) => void body.results.push({ op_id: "another", status: "applied" }),
  ),
  "no result at all": tampered((body) => void (body.results = [])),
  "no list of results": tampered((body) => void delete body.results),
  null: answering("null", 200),
  nothing: answering("", 200),
  "no network": unreachable,
};
for (const [name, fetch] of Object.entries(invalidAnswers)) {
  test(`${name} acknowledges nothing`, async () => {
    const { op_id } = await record("lan", "h1");
    await exchangeOnce(fetch);
    assert.deepEqual(await storedIds(), { queued: [op_id], sent: [], fixes: [] });
    await exchangeOnce();
    assert.deepEqual(await storedIds(), { queued: [], sent: [op_id], fixes: [] });
    assert.equal(server.applied.get(op_id), 1);
  });
}

for (const [name, fetch] of Object.entries({
  "a page of its own": answering("<html>Wi-Fi miễn phí. Đăng nhập</html>", 200),
  "a page of its own with 401": answering("<html>Đăng nhập</html>", 401),
  "a redirect": async () => Response.error(),
  "Network Authentication Required": answering("<html>Đăng nhập</html>", 511),
})) {
  test(`a captive portal that answers with ${name} is neither no network nor a busy server`, async () => {
    await record("lan", "h1");
    assert.equal((await exchangeOnce(fetch)).kind, "portal");
  });
}

test("a gateway without our server behind it is a busy server", async () => {
  for (const status of [502, 503, 504])
    assert.equal((await exchangeOnce(answering("<html>Bad gateway</html>", status))).kind, "busy");
});

test("an answer cut after any byte acknowledges nothing", async () => {
  const { op_id } = await record("lan", "h1");
  let whole;
  await exchangeOnce(async (...args) => {
    whole = await (await server.fetch(...args)).text();
    return unreachable();
  });
  const bytes = new TextEncoder().encode(whole);
  for (let length = 0; length < bytes.length; length += 1) {
    await exchangeOnce(async () => new Response(bytes.slice(0, length), { status: 200 }));
    assert.deepEqual(await opIds("lan", "outbox"), [op_id], `cut after ${length} bytes`);
  }
  assert.deepEqual((await replica("lan", "household")).rows.size, 0);
  await exchangeOnce(async () => new Response(bytes, { status: 200 }));
  assert.deepEqual(await storedIds(), { queued: [], sent: [op_id], fixes: [] });
});

test("of an answer with invalid rows the results are stored, and the rows are not", async () => {
  const { op_id } = await record("lan", "h1");
  const result = await exchangeOnce(tampered(({ changes }) => void changes.household.push({ id: "h2" })));
  assert.equal(result.kind, "error");
  assert.deepEqual(await storedIds(), { queued: [], sent: [op_id], fixes: [] });
  assert.equal((await replica("lan", "household")).stored, 0);
});

for (const [status, code] of [
  [401, "sign_in"],
  [401, "other_device"],
]) {
  test(`${status} ${code} needs a sign-in and leaves the queue`, async () => {
    const { op_id } = await record("lan", "h1");
    assert.deepEqual(await exchangeOnce(answering({ proto: 1, error: code }, status)), { kind: "sign_in", code });
    assert.deepEqual(await opIds("lan", "outbox"), [op_id]);
  });
}

test("426 names the build that is needed", async () => {
  assert.deepEqual(await exchangeOnce(answering({ proto: 1, min_build: "2.0.0" }, 426)), {
    kind: "update",
    min_build: "2.0.0",
  });
});

test("Retry-After is seconds or a date, and the wait is at most an hour", async () => {
  const waits = { 90: 90_000, "Tue, 24 Nov 2026 10:17:00 GMT": 120_000, 999999: 3_600_000, soon: 0 };
  for (const [header, wait] of Object.entries(waits)) {
    const busy = async () => json({ proto: 1, error: "busy" }, 429, { "Retry-After": header });
    assert.deepEqual(await exchangeOnce(busy), { kind: "busy", wait });
  }
});

test("a commune that is switched off acknowledges nothing, and is no busy server", async () => {
  const { op_id } = await record("lan", "h1");
  const off = answering({ proto: 1, error: "commune_off" }, 503);
  assert.equal((await exchangeOnce(off)).kind, "off");
  assert.deepEqual(await storedIds(), { queued: [op_id], sent: [], fixes: [] });
  assert.equal((await exchangeOnce(answering({ proto: 1, error: "unavailable" }, 503))).kind, "busy");
  assert.equal((await exchangeOnce(answering({ error: "commune_off" }, 503))).kind, "busy", "a proxy's answer");
  await exchangeOnce();
  assert.deepEqual(await storedIds(), { queued: [], sent: [op_id], fixes: [] });
});
