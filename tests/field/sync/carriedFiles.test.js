// Files of other phones: stored, delivered once there is a network, and shown with what became of them.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { listCarriedFiles, MAX_FILES } from "../../../static/field/store/carriedFiles.ts";
import { deliverCarriedFiles } from "../../../static/field/sync/carriedFiles.ts";
import { lansPhone, NOW } from "../support/pageHarness.js";

const PAGE = "/field/carried-files";
/** @type {import("../support/pageHarness.js").Phone} */
let phone;
/** What the server received. */
let received;

const file = (text = "TUNGNHA\u0001 khóa") => new File([text], "luot.txt", { type: "text/plain" });
const context = async () => (await phone.get(PAGE)).context;
const steps = async () => (await context()).files.map(({ step }) => step.text);
const deliver = (answer) =>
  deliverCarriedFiles(
    async (address, { method, body }) => {
      received.push({ address, method, text: new TextDecoder().decode(body) });
      return answer();
    },
    () => NOW,
  );
const json = (status, content) => () => new Response(JSON.stringify({ proto: 1, ...content }), { status });
const delivered = json(200, { delivered: true });

/** Chooses a file and taps [Gửi giúp]. */
function add(chosen = file()) {
  const form = new FormData();
  if (chosen) form.append("file", chosen);
  return phone.request(new Request(`http://phone${PAGE}`, { method: "POST", body: form }));
}

beforeEach(async () => {
  phone = await lansPhone();
  received = [];
});

test("a file is stored, delivered once and then no longer held", async () => {
  assert.equal((await add()).location, PAGE);
  assert.deepEqual([phone.deliveries, await steps()], [1, ["Chưa gửi"]]);
  assert.equal(await deliver(delivered), true);
  assert.deepEqual(received, [{ address: "/api/v1/export-files", method: "POST", text: "TUNGNHA\u0001 khóa" }]);
  assert.deepEqual(await steps(), ["Đã gửi 10:00"]);
  assert.equal((await listCarriedFiles())[0].content.byteLength, 0);
  await deliver(delivered);
  assert.equal(received.length, 1);
});

for (const [name, answer] of Object.entries({
  "no network": () => Promise.reject(new TypeError("no network")),
  "a captive portal's page": () => new Response("<html>", { status: 200 }),
  "a portal's empty answer": () => new Response(null, { status: 204 }),
  "a session that has ended": json(401, { error: "sign_in" }),
  "too many files": json(429, { error: "too_many_attempts" }),
  "a busy server": json(503, { error: "unavailable" }),
  "an answer that does not say it": json(200, {}),
})) {
  test(`${name} delivers nothing, and the file is held`, async () => {
    await add();
    await add(file("TUNGNHA\u0001 khác"));
    assert.equal(await deliver(answer), false);
    assert.deepEqual([received.length, await steps()], [1, ["Chưa gửi", "Chưa gửi"]]);
    assert.equal(await deliver(delivered), true);
    assert.equal(received.length, 3);
  });
}

test("a file that the server refuses says why, and does not hold up the next one", async () => {
  await add();
  await deliver(json(422, { error: "file_damaged" }));
  phone.now = new Date(NOW.getTime() + 60_000);
  await add(file("TUNGNHA\u0001 khác"));
  assert.equal(await deliver(delivered), true);
  const [, refused] = (await context()).files;
  assert.deepEqual(
    [refused.step.text, refused.step.why],
    ["Không gửi được", "Tệp bị thiếu hoặc bị hỏng. Nhờ người ấy gửi lại tệp."],
  );
});

test("the same file is held once, and can be delivered again", async () => {
  await add();
  await add();
  assert.equal((await steps()).length, 1);
  await deliver(delivered);
  await add();
  assert.deepEqual(await steps(), ["Chưa gửi"]);
});

test("a text around the file is taken as it is", async () => {
  await add(file("Mở …\r\n-----BEGIN TUNG NHA-----\r\nVFVO\r\n-----END TUNG NHA-----"));
  assert.deepEqual(await steps(), ["Chưa gửi"]);
});

for (const [name, chosen, sentence] of [
  ["a picture", file("\u0089PNG"), "Đây không phải tệp gửi hộ của Từng Nhà."],
  ["nothing", null, "Chọn tệp gửi hộ, không quá 3 MB."],
  ["an empty file", file(""), "Chọn tệp gửi hộ, không quá 3 MB."],
  ["a film", file("TUNGNHA".repeat(500_000)), "Chọn tệp gửi hộ, không quá 3 MB."],
]) {
  test(`${name} is refused with a sentence`, async () => {
    const { status, context } = await add(chosen);
    assert.deepEqual([status, context.problem, phone.deliveries], [422, sentence, 0]);
    assert.deepEqual(await steps(), []);
  });
}

test("a phone holds twenty files at most; a discarded one makes room", async () => {
  for (let number = 0; number < MAX_FILES; number += 1) await add(file(`TUNGNHA\u0001 ${number}`));
  const { status, context: shown } = await add(file("TUNGNHA\u0001 more"));
  assert.deepEqual([status, shown.problem], [422, "Máy đang giữ 20 tệp chưa gửi. Hãy gửi bớt khi có mạng."]);
  await phone.post(shown.files[0].remove);
  assert.equal((await add(file("TUNGNHA\u0001 more"))).location, PAGE);
});
