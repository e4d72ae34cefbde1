import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { render as renderLater } from "../../../../static/dist/field/laterTemplates.js";
import * as accounts from "../../../../static/field/store/accounts.ts";
import * as outbox from "../../../../static/field/store/outbox.ts";
import { runSync } from "../../../../static/field/sync/engine.ts";
import { json, unreachable } from "../../support/modelServer.js";
import { emptyPhone, lansPhone, readyPhone, visitFields } from "../../support/pageHarness.js";
import { interceptWrites, NAM, record, save, signIn } from "../../support/phone.js";

const ENROLLED = {
  device_id: "device-lan",
  account: { id: "lan", name: "Nguyễn Thị Lan", role: "volunteer" },
  commune_id: "yen-binh",
  hamlets: [{ id: "dong", name: "Thôn Đông" }],
  epoch: "first",
  next_seq: 1,
};
const UNREACHED = "Chưa tới được nơi nhận. Mạng yếu, hoặc Wi-Fi này cần đăng nhập trong trình duyệt trước.";
const FIELDS = { invite: "1000 0001", phone: "0900000001" };
/** @type {import("../../support/pageHarness.js").Phone} */
let phone;

beforeEach(async () => {
  phone = await emptyPhone();
});

const errorTexts = ({ context }) => context.errors.map(({ text }) => text);

test("Lan signs in with her code, and the download begins", async () => {
  const requests = [];
  phone.fetch = async (address, init) => {
    requests.push([address, JSON.parse(init.body)]);
    return json(ENROLLED, 201);
  };
  assert.equal((await phone.post("/field/sign-in", FIELDS)).location, "/field/first-download");
  const [[address, body]] = requests;
  assert.equal(address, "/api/v1/devices");
  assert.deepEqual([body.invite, body.phone, body.name], ["10000001", "0900000001", "Android"]);
  assert.ok(body.installation_id);
  assert.deepEqual(phone.sent, ["lan"]);
  assert.equal((await accounts.currentAccount())?.name, "Nguyễn Thị Lan");
});

test("after a wrong code or number both are marked: the server does not say which is wrong", async () => {
  phone.fetch = async () => json({ proto: 1, error: "invite_invalid" }, 401);
  const { status, context } = await phone.post("/field/sign-in", FIELDS);
  const sentences = [
    "Mã không đúng, đã hết hạn hoặc bị nhập sai quá nhiều lần. Hỏi lại cán bộ.",
    "Hoặc số này không phải số đã báo với cán bộ.",
  ];
  assert.deepEqual([status, context.invite_error, context.phone_error], [422, ...sentences]);
  assert.deepEqual(
    context.errors.map(({ field, text }) => [field, text]),
    [
      ["invite", sentences[0]],
      ["phone", sentences[1]],
    ],
  );
  assert.equal(await accounts.currentAccount(), null);
});

for (const number of ["090000000", "0900 000 0011 22", "900 000 00a", "+84 90", "số nhà 12"]) {
  test(`${number} is not a phone number: it is marked, and no code is used up`, async () => {
    phone.fetch = () => assert.fail("a request was sent");
    const { context } = await phone.post("/field/sign-in", { ...FIELDS, phone: number });
    assert.equal(context.invite_error, "");
    assert.match(
      context.phone_error,
      /^(Số điện thoại chưa đúng\. Xem lại các chữ số|Nhập số điện thoại đã báo với cán bộ)\.$/,
    );
  });
}

for (const number of ["0900000001", "0900 000.001", "+84 900-000-001", "0084900000001", "900000001", "024 1234 5678"]) {
  test(`${number} may be a phone number`, async () => {
    phone.fetch = async () => json(ENROLLED, 201);
    assert.equal((await phone.post("/field/sign-in", { ...FIELDS, phone: number })).status, 303);
  });
}

test("the page has a link back only for a signed-in account", async () => {
  assert.equal((await phone.get("/field/sign-in")).context.signed_in, false);
  phone = await lansPhone();
  phone.render = (await import("../../../../static/dist/field/templates.js")).render;
  const { context, html } = await phone.get("/field/sign-in");
  assert.equal(context.signed_in, true);
  assert.match(html, /<a class="back" href="\/field\/">/);
});

const ELSEWHERE = "https://yen-binh.example";

// Errors that are not about the code or the number are shown above the form.
for (const [name, fetch, sentence] of [
  ["too many tries", async () => json({ proto: 1, error: "too_many_attempts" }, 429), "Thử lại sau 5 phút."],
  ["no network", unreachable, "Chưa đăng nhập được vì không có mạng. Đến nơi có mạng rồi thử lại."],
  ["a café's network", async () => new Response("<h1>Wifi</h1>"), UNREACHED],
  [
    "a commune that has moved",
    async () => json({ proto: 1, error: "commune_off", address: ELSEWHERE }, 503),
    `Nay nơi này ở ${ELSEWHERE}. Đăng nhập ở đó.`,
  ],
  [
    "another address",
    async () => json({ proto: 1, error: "other_address", address: ELSEWHERE }, 409),
    `Nay nơi này ở ${ELSEWHERE}. Đăng nhập ở đó.`,
  ],
  ["a broken server", async () => new Response("", { status: 502 }), "Nơi nhận đang bận. Thử lại sau ít phút."],
]) {
  test(`${name}: ${sentence}`, async () => {
    phone.fetch = fetch;
    const answer = await phone.post("/field/sign-in", FIELDS);
    assert.deepEqual([answer.status, answer.context.errors], [422, [{ field: "", text: sentence }]]);
    assert.deepEqual([answer.context.invite_error, answer.context.phone_error], ["", ""]);
    assert.deepEqual([answer.context.invite, answer.context.phone], ["1000 0001", "0900000001"]);
    assert.equal(await accounts.currentAccount(), null);
  });
}

test("where the browser sees a network, it is not said that there is none", async (t) => {
  Object.defineProperty(globalThis.navigator, "onLine", { value: true, configurable: true });
  t.after(() => delete globalThis.navigator.onLine);
  phone.fetch = unreachable;
  assert.deepEqual(errorTexts(await phone.post("/field/sign-in", FIELDS)), [UNREACHED]);
});

test("whoever has to sign in again finds the number filled in, and needs a new code", async () => {
  phone = await readyPhone();
  phone.render = (await import("../../../../static/dist/field/templates.js")).render;
  const before = await phone.get("/field/sign-in");
  assert.equal(before.context.phone, "", "another person may sign in on a phone whose session is well");
  assert.match(before.text, /8 chữ số, cán bộ đưa/);
  phone.syncState = { outcome: "sign_in", progress: null };
  const { context, text } = await phone.get("/field/sign-in");
  assert.deepEqual([context.invite, context.phone], ["", "0900 000 001"]);
  assert.match(text, /Mã cũ đã dùng rồi: xin cán bộ mã mới/);
  const { sign_in } = (await phone.get("/field/")).context;
  assert.match(sign_in, /bằng mã mời mới/);
});

test("after an answer that was cut off Lan tries again as the same phone", async () => {
  const lives = [];
  const whole = JSON.stringify(ENROLLED);
  for (const body of [whole.slice(0, 40), "{}", "null", whole]) {
    phone.fetch = async (_address, init) => {
      lives.push(JSON.parse(init.body).installation_id);
      return new Response(body, { status: 201 });
    };
    const answer = await phone.post("/field/sign-in", FIELDS);
    if (body === whole) assert.equal(answer.location, "/field/first-download");
    else
      assert.deepEqual(
        [answer.status, errorTexts(answer)],
        [422, ["Chưa đăng nhập được. Thử lại. Mã này còn dùng được trong 15 phút."]],
      );
  }
  assert.equal(new Set(lives).size, 1);
  assert.equal((await accounts.currentAccount())?.installation_id, lives[0]);
});

test("an invalid code is not sent to the server", async () => {
  phone.fetch = () => assert.fail("a request was sent");
  assert.deepEqual(errorTexts(await phone.post("/field/sign-in", { invite: "1234567", phone: "090" })), [
    "Nhập đủ 8 chữ số của mã mời.",
    "Nhập số điện thoại đã báo với cán bộ.",
  ]);
});

test("nothing can be recorded without an account", async () => {
  for (const address of [
    "/field/",
    "/field/households",
    "/field/households/h12/visit",
    "/field/log",
    "/field/nowhere",
  ]) {
    assert.equal((await phone.get(address)).location, "/field/sign-in");
  }
  assert.equal((await phone.post("/field/households/h12/visit", visitFields())).location, "/field/sign-in");
});

test("before the first download every page leads to it; after it, it leads to Hôm nay", async () => {
  phone = await lansPhone();
  assert.equal((await phone.get("/field/households")).location, "/field/first-download");
  await phone.sync();
  assert.equal((await phone.get("/field/first-download")).location, "/field/");
});

test("the download shows its progress", async () => {
  phone = await lansPhone();
  phone.syncState = { outcome: "", progress: { received: 1600, left: 400 } };
  const { context } = await phone.get("/field/first-download");
  assert.deepEqual([context.percent, context.text], [80, "Đang tải danh sách… 80 %"]);
});

test("it shows the number of households, if the server has sent it", async () => {
  phone = await lansPhone();
  const account = /** @type {import("../../../../static/field/store/schema.ts").Account} */ (
    await accounts.currentAccount()
  );
  await accounts.enrol(
    { ...account, account: { id: account.account_id, name: account.name, role: account.role }, households: 1512 },
    account.phone,
  );
  phone.syncState = { outcome: "", progress: { received: 1600, left: 400 } };
  assert.equal((await phone.get("/field/first-download")).context.text, "Đang tải danh sách 1.512 hộ… 80 %");
});

const LEFT = "Máy này còn 1 lượt của Nguyễn Thị Lan chưa gửi.";

test("sign-in says whose operations are not sent, signed in or not", async () => {
  phone = await lansPhone();
  await record("lan", "h12");
  assert.equal((await phone.get("/field/sign-in")).context.notice, LEFT);
  await accounts.closeAccount();
  assert.equal((await phone.get("/field/sign-in")).context.notice, LEFT);
  assert.equal((await outbox.counts("lan")).queued, 1);
  // A withdrawal is no visit.
  await save("lan", "visit.withdraw", { id: "v1" });
  const both = "Máy này còn 2 thay đổi của Nguyễn Thị Lan chưa gửi.";
  assert.equal((await phone.get("/field/sign-in")).context.notice, both);
});

test("while Lan's visit is on the phone, no page of Nam's says that all is sent", async () => {
  phone = await lansPhone();
  await record("lan", "h12");
  await signIn(NAM);
  await runSync("nam", { fetch: phone.server.fetch, now: () => phone.now });
  assert.equal((await phone.get("/field/")).context.others, LEFT);
  phone.renderLater = renderLater;
  const account = (await phone.get("/field/account")).text;
  assert.ok(account.includes(LEFT), account);
  assert.doesNotMatch(account, /Tất cả đã gửi/);
  const { rows } = (await phone.get("/field/settings/check")).context;
  assert.deepEqual(
    rows.filter(({ text }) => text.includes(LEFT)).map(({ ok }) => ok),
    [false],
  );
  phone.server.suspended = true;
  await runSync("nam", { fetch: phone.server.fetch, now: () => phone.now });
  assert.ok((await phone.get("/field/households")).context.unsent.includes(LEFT));
});

test("without room for the account sign-in says so, keeps what Lan typed, and the code works later", async () => {
  phone.fetch = async () => json(ENROLLED, 201);
  const restore = interceptWrites((store) => {
    if (store === "accounts") throw new DOMException("no", "QuotaExceededError");
  });
  const answer = await phone.post("/field/sign-in", FIELDS).finally(restore);
  assert.deepEqual(
    [answer.status, errorTexts(answer)],
    [422, ["Máy sắp hết chỗ. Xóa bớt ảnh hoặc ứng dụng rồi thử lại."]],
  );
  assert.equal(answer.context.invite, "1000 0001");
  assert.equal((await phone.post("/field/sign-in", FIELDS)).location, "/field/first-download");
});

test("the fragment of a QR code fills the form, and nothing is sent", async () => {
  phone.fetch = () => assert.fail("a request was sent");
  const { status, context } = await phone.get("/field/sign-in#invite=10000001&phone=0900000001");
  assert.deepEqual([status, context.invite, context.phone, context.errors], [200, "10000001", "0900000001", []]);
});

for (const fragment of [
  "invite=1000000&phone=0900000001",
  "invite=100000011&phone=0900000001",
  "invite=10000001",
  "invite=10000001&phone=+84900000001",
  "invite=10000001&phone=0900000001&next=/desk/",
  "phone=0900000001&invite=10000001",
  "invite=%3Cscript&phone=0900000001",
  "steps",
  "",
]) {
  test(`#${fragment} is not that of a QR code: the form stays empty`, async () => {
    const { status, context } = await phone.get(`/field/sign-in#${fragment}`);
    assert.deepEqual([status, context.invite, context.phone], [200, "", ""]);
  });
}

test("invite and number in the query fill nothing: a query reaches the server", async () => {
  const { context } = await phone.get("/field/sign-in?invite=10000001&phone=0900000001");
  assert.deepEqual([context.invite, context.phone], ["", ""]);
});
