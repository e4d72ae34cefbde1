import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import * as accounts from "../../static/field/store/accounts.js";
import * as outbox from "../../static/field/store/outbox.js";
import { json, unreachable } from "./model_server.js";
import { emptyPhone, filled, lansPhone } from "./pages_world.js";
import { record, sabotage } from "./phone.js";

const ENROLLED = {
  device_id: "device-lan",
  account: { id: "lan", name: "Nguyễn Thị Lan", role: "volunteer" },
  commune_id: "yen-binh",
  hamlets: [{ id: "dong", name: "Thôn Đông" }],
  epoch: "first",
  next_seq: 1,
};
const FIELDS = { invite: "1000 0001", phone: "0900000001" };
/** @type {import("./pages_world.js").Phone} */
let phone;

beforeEach(async () => {
  phone = await emptyPhone();
});

const said = ({ context }) => context.errors.map(({ text }) => text);

test("Lan signs in with her code, and the download begins", async () => {
  const asked = [];
  phone.fetch = async (address, init) => {
    asked.push([address, JSON.parse(init.body)]);
    return json(ENROLLED, 201);
  };
  assert.equal((await phone.post("/field/sign-in", FIELDS)).location, "/field/first-download");
  const [[address, body]] = asked;
  assert.equal(address, "/api/v1/devices");
  assert.deepEqual([body.invite, body.phone, body.name], ["10000001", "0900000001", "Android"]);
  assert.ok(body.life);
  assert.deepEqual(phone.sent, ["lan"]);
  assert.equal((await accounts.current())?.name, "Nguyễn Thị Lan");
});

test("a code and a number that do not fit: both are marked, as the server does not say which", async () => {
  phone.fetch = async () => json({ proto: 1, error: "invite_invalid" }, 401);
  const { status, context } = await phone.post("/field/sign-in", FIELDS);
  const sentences = [
    "Mã không đúng, đã hết hạn hoặc bị nhập sai quá nhiều lần. Hỏi lại cán bộ xã.",
    "Hoặc số này không phải số đã báo với cán bộ xã.",
  ];
  assert.deepEqual([status, context.invite_error, context.phone_error], [422, ...sentences]);
  assert.deepEqual(
    context.errors.map(({ field, text }) => [field, text]),
    [
      ["invite", sentences[0]],
      ["phone", sentences[1]],
    ],
  );
  assert.equal(await accounts.current(), null);
});

for (const number of ["090000000", "0900 000 0011 22", "900 000 00a", "+84 90", "số nhà 12"]) {
  test(`${number} cannot be a number: it is marked, the code is not, and no code is used up`, async () => {
    phone.fetch = () => assert.fail("asked");
    const { context } = await phone.post("/field/sign-in", { ...FIELDS, phone: number });
    assert.equal(context.invite_error, "");
    assert.match(
      context.phone_error,
      /^(Số điện thoại chưa đúng\. Xem lại các chữ số|Nhập số điện thoại đã báo với cán bộ xã)\.$/,
    );
  });
}

for (const number of ["0900000001", "0900 000.001", "+84 900-000-001", "0084900000001", "900000001", "024 1234 5678"]) {
  test(`${number} may be one`, async () => {
    phone.fetch = async () => json(ENROLLED, 201);
    assert.equal((await phone.post("/field/sign-in", { ...FIELDS, phone: number })).status, 303);
  });
}

test("signed in, the page has a way back; signed out, there is none", async () => {
  assert.equal((await phone.get("/field/sign-in")).context.signed_in, false);
  phone = await lansPhone();
  phone.draw = (await import("../../static/dist/field/templates.js")).render;
  const { context, html } = await phone.get("/field/sign-in");
  assert.equal(context.signed_in, true);
  assert.match(html, /<a class="back" href="\/field\/">/);
});

// What is not the fault of the code or the number is said once, and at neither.
for (const [name, fetch, sentence] of [
  ["too many tries", async () => json({ proto: 1, error: "too_many_attempts" }, 429), "Thử lại sau 5 phút."],
  ["no network", unreachable, "Chưa đăng nhập được vì không có mạng. Đến nơi có mạng rồi thử lại."],
  ["a café's network", async () => new Response("<h1>Wifi</h1>"), "Máy chủ đang bận. Thử lại sau ít phút."],
  ["a broken server", async () => new Response("", { status: 502 }), "Máy chủ đang bận. Thử lại sau ít phút."],
]) {
  test(`${name}: ${sentence}`, async () => {
    phone.fetch = fetch;
    const answer = await phone.post("/field/sign-in", FIELDS);
    assert.deepEqual([answer.status, answer.context.errors], [422, [{ field: "", text: sentence }]]);
    assert.deepEqual([answer.context.invite_error, answer.context.phone_error], ["", ""]);
    assert.deepEqual([answer.context.invite, answer.context.phone], ["1000 0001", "0900000001"]);
    assert.equal(await accounts.current(), null);
  });
}

test("an answer cut in the middle: Lan tries again, and the server sees the same phone", async () => {
  const lives = [];
  const whole = JSON.stringify(ENROLLED);
  for (const body of [whole.slice(0, 40), "{}", "null", whole]) {
    phone.fetch = async (_address, init) => {
      lives.push(JSON.parse(init.body).life);
      return new Response(body, { status: 201 });
    };
    const answer = await phone.post("/field/sign-in", FIELDS);
    if (body === whole) assert.equal(answer.location, "/field/first-download");
    else
      assert.deepEqual(
        [answer.status, said(answer)],
        [422, ["Chưa đăng nhập được. Thử lại. Mã này còn dùng được trong 15 phút."]],
      );
  }
  assert.equal(new Set(lives).size, 1);
  assert.equal((await accounts.current())?.life, lives[0]);
});

test("a code that cannot be one does not reach the server", async () => {
  phone.fetch = () => assert.fail("asked");
  assert.deepEqual(said(await phone.post("/field/sign-in", { invite: "1234567", phone: "090" })), [
    "Nhập đủ 8 chữ số của mã mời.",
    "Nhập số điện thoại đã báo với cán bộ xã.",
  ]);
});

test("nobody records without having signed in", async () => {
  for (const address of [
    "/field/",
    "/field/households",
    "/field/households/h12/visit",
    "/field/log",
    "/field/nowhere",
  ]) {
    assert.equal((await phone.get(address)).location, "/field/sign-in");
  }
  assert.equal((await phone.post("/field/households/h12/visit", filled())).location, "/field/sign-in");
});

test("before the list is here, every page leads to the download; then the download leads to Hôm nay", async () => {
  phone = await lansPhone();
  assert.equal((await phone.get("/field/households")).location, "/field/first-download");
  await phone.sync();
  assert.equal((await phone.get("/field/first-download")).location, "/field/");
});

test("the download says how far it is", async () => {
  phone = await lansPhone();
  phone.known = { outcome: "", progress: { received: 1600, left: 400 } };
  const { context } = await phone.get("/field/first-download");
  assert.deepEqual([context.percent, context.text], [80, "Đang tải danh sách… 80 %"]);
});

test("and for how many households, if the server said so", async () => {
  phone = await lansPhone();
  const account = /** @type {import("../../static/field/store/schema.js").Account} */ (await accounts.current());
  await accounts.enrol(
    { ...account, account: { id: account.account_id, name: account.name, role: account.role }, households: 1512 },
    account.phone,
  );
  phone.known = { outcome: "", progress: { received: 1600, left: 400 } };
  assert.equal((await phone.get("/field/first-download")).context.text, "Đang tải danh sách 1.512 hộ… 80 %");
});

test("a phone with somebody else's queue says so", async () => {
  phone = await lansPhone();
  await record("lan", "h12");
  await accounts.close();
  assert.equal((await phone.get("/field/sign-in")).context.notice, "Máy này còn 1 lượt của người khác chưa gửi.");
  assert.equal((await outbox.counts("lan")).queued, 1);
});

test("a phone without room for Lan's account says so, keeps what she typed, and takes the code later", async () => {
  phone.fetch = async () => json(ENROLLED, 201);
  const repair = sabotage((store) => {
    if (store === "accounts") throw new DOMException("no", "QuotaExceededError");
  });
  const answer = await phone.post("/field/sign-in", FIELDS).finally(repair);
  assert.deepEqual([answer.status, said(answer)], [422, ["Máy sắp hết chỗ. Xoá bớt ảnh hoặc ứng dụng rồi thử lại."]]);
  assert.equal(answer.context.invite, "1000 0001");
  assert.equal((await phone.post("/field/sign-in", FIELDS)).location, "/field/first-download");
});
