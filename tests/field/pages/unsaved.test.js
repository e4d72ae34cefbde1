// Lưu never fails for what the server decided while a form was open: what is typed becomes an operation, and a draft can
// be finished.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { render as renderLater } from "../../../static/dist/field/laterTemplates.js";
import { render } from "../../../static/dist/field/templates.js";
import { saveDraft } from "../../../static/field/store/drafts.ts";
import { queuedOperations } from "../../../static/field/store/outbox.ts";
import { fieldsOn } from "../support/formFields.js";
import { letLanLead, putVisit, readyPhone, saveSetting } from "../support/pageHarness.js";

/** @type {import("../support/pageHarness.js").Phone} */
let phone;

beforeEach(async () => {
  phone = await readyPhone();
  phone.render = render;
  phone.renderLater = renderLater;
  putVisit(phone, "v1", { recorded_by: "lan" });
  const session = { place: "Nhà văn hóa", held_on: "2026-11-20", people: 30, services: ["vietqr"], recorded_by: "lan" };
  const received = { occurred_at: "2026-11-20T02:00:00Z", received_at: "2026-11-20T09:00:00Z" };
  phone.server.put("outreach_session", { id: "s1", hamlet_id: "dong", ...session, ...received, version: 1 });
  phone.server.put("remark", {
    id: "r1",
    kind: "result",
    text: "Tốt",
    about_on: "2026-11-20",
    ...received,
    version: 1,
  });
  await letLanLead(phone);
});

const VISIT = { result: "helped", service: "vietqr", "outcome-vietqr": "did_it", "people-vietqr": "2", note: "Gõ dở" };
const SESSION = { place: "Sân đình", held_on: "2026-11-24", service: "vietqr", people: "12" };
const REMARK = { kind: "practice", text: "Bà con hào hứng", about_on: "2026-11-24" };
/** A form: its address, the key of its draft, what Lan types, and what she saves. */
const FORMS = [
  ["/field/households/h12/visit", "visit:new:h12", VISIT, "visit.record", { household_id: "h12", note: "Gõ dở" }],
  ["/field/visits/v1/edit", "visit:edit:v1", VISIT, "visit.amend", { id: "v1", base_version: 1, note: "Gõ dở" }],
  ["/field/households/new", "household:new", { head_name: "Vũ Thị Thắm" }, "household.add", { hamlet_id: "dong" }],
  ["/field/households/h12/edit", "household:edit:h12", { alley: "Ngõ 5" }, "household.amend", { alley: "Ngõ 5" }],
  ["/field/sessions/new", "session:new", SESSION, "outreach.record", { hamlet_id: "dong", place: "Sân đình" }],
  ["/field/sessions/s1/edit", "session:edit:s1", SESSION, "outreach.amend", { id: "s1", base_version: 1, people: 12 }],
  ["/field/remarks/new", "remark:new", REMARK, "remark.record", { text: "Bà con hào hứng" }],
  ["/field/remarks/r1/edit", "remark:edit:r1", REMARK, "remark.amend", { id: "r1", base_version: 1 }],
];
/** What the server decides. */
const EVENTS = {
  "her move to another team": () => {
    phone.server.hamlets = new Set(["tay"]);
    phone.server.isLeader = undefined;
  },
  "the end of her membership": () => phone.server.hamlets.clear(),
  "the loss of the household": () => phone.server.tombstone("household", "h12", "dong"),
  "the revocation of her phone": () => {
    phone.server.suspended = true;
  },
};

async function hears(event) {
  EVENTS[event]();
  await phone.sync();
}

async function assertSaved(answer, type, content) {
  assert.deepEqual(
    [answer.status, await queuedOperations("lan").then((ops) => ops.map((op) => op.type))],
    [303, [type]],
  );
  const [{ data }] = await queuedOperations("lan");
  assert.deepEqual({ ...data, ...content }, data);
  // And she reads that it waits on the phone.
  let page = await phone.get(answer.location);
  while (page.location) page = await phone.get(page.location);
  assert.match(page.text, /Đã lưu trên máy|chưa gửi/);
}

for (const event of Object.keys(EVENTS)) {
  describe(`after ${event}`, () => {
    for (const [address, , typed, type, content] of FORMS) {
      test(`${address}, which was open, is saved`, async () => {
        const fields = fieldsOn((await phone.get(address)).html);
        await hears(event);
        await assertSaved(await phone.post(address, { ...fields, ...typed }), type, content);
      });
    }

    for (const [address, key, typed, type, content] of FORMS) {
      test(`a draft of ${address} is listed, opened and saved`, async () => {
        const fields = fieldsOn((await phone.get(address)).html);
        await saveDraft("lan", key, { ...fields, ...typed });
        await hears(event);
        const { html } = await phone.get("/field/");
        assert.ok(html.includes(`href="${address}"`), html);
        const form = await phone.get(address);
        assert.equal(form.status, 200);
        await assertSaved(await phone.post(address, { ...fieldsOn(form.html), ...typed }), type, content);
        assert.doesNotMatch((await phone.get("/field/")).text, /Đang ghi dở/);
      });
    }

    test("a tap on Ghi nhanh is saved", async () => {
      await saveSetting({ service: "vietqr", outcome: "did_it" });
      await phone.get("/field/households/quick");
      await hears(event);
      await phone.post("/field/households/h12/mark", { id: phone.newId() });
      const [{ data }] = await queuedOperations("lan");
      assert.deepEqual([data.household_id, data.quick], ["h12", true]);
    });
  });
}

describe("a draft whose household has left the list", () => {
  test("is named by its number and day, without a name", async () => {
    const fields = fieldsOn((await phone.get("/field/households/h12/visit")).html);
    await saveDraft("lan", "visit:new:h12", { ...fields, ...VISIT });
    await hears("the loss of the household");
    const { text } = await phone.get("/field/");
    assert.match(text, /Đang ghi dở \(1\) Số nhà 12 · \d\d\/\d\d\/\d{4} Lượt thăm/);
    const form = await phone.get("/field/households/h12/visit");
    assert.deepEqual(
      [form.context.household.title, form.context.household.address],
      ["Số nhà 12", "Hộ không còn trong danh sách"],
    );
  });

  test("is listed on a revoked phone, which shows nothing else", async () => {
    const fields = fieldsOn((await phone.get("/field/households/h12/visit")).html);
    await saveDraft("lan", "visit:new:h12", { ...fields, ...VISIT });
    await hears("the revocation of her phone");
    const { template, text } = await phone.get("/field/households/h14/visit");
    assert.equal(template, "field/revoked.html");
    assert.match(text, /Số nhà 12/);
    assert.doesNotMatch(text, /Nguyễn Văn Đức|Trần Thị Mai/);
  });
});

test("Hôm nay says on that day that she has other hamlets", async () => {
  assert.equal((await phone.get("/field/")).context.reassigned, "");
  phone.server.hamlets = new Set(["tay"]);
  await phone.sync();
  const said = (await phone.get("/field/")).context.reassigned;
  assert.match(said, /^Nay phụ trách .+\. Danh sách hộ đã đổi theo\.$/);
  phone.now = new Date(phone.now.getTime() + 24 * 3_600_000);
  assert.equal((await phone.get("/field/")).context.reassigned, "");
});

test("a visit of a household that nobody has heard of is not offered", async () => {
  assert.equal((await phone.get("/field/households/h99/visit")).status, 404);
  assert.equal((await phone.get("/field/visits/v99/edit")).status, 404);
});
