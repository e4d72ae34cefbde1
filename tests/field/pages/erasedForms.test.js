// A household is erased at any moment of a form: nothing of it stays or is stuck, each page opens, and one line says so.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { render as renderLater } from "../../../static/dist/field/laterTemplates.js";
import { render } from "../../../static/dist/field/templates.js";
import { clearErased } from "../../../static/field/retention/erasedHouseholds.ts";
import { say } from "../../../static/field/retention/silence.ts";
import { inAccount } from "../../../static/field/store/db.ts";
import { saveDraft } from "../../../static/field/store/drafts.ts";
import { REPLICA_STORES } from "../../../static/field/store/schema.ts";
import { fieldsOn } from "../support/formFields.js";
import { putVisit, readyPhone, saveSetting } from "../support/pageHarness.js";

const WORD = "Gõ dở";
const LINE = "Một hộ đã được xóa theo yêu cầu; lượt ghi ở hộ đó không còn.";
const STORES = [...REPLICA_STORES, "outbox", "fixes", "sent", "drafts", "pages", "meta"];
const VISIT = { result: "helped", service: "vietqr", "outcome-vietqr": "did_it", "people-vietqr": "2", note: WORD };
/** A form: its address, the key of its draft, and what Lan types. */
const FORMS = [
  ["/field/households/h12/visit", "visit:new:h12", VISIT],
  ["/field/visits/v1/edit", "visit:edit:v1", VISIT],
  ["/field/households/h12/edit", "household:edit:h12", { alley: WORD }],
];

/** @type {import("../support/pageHarness.js").Phone} */
let phone;

beforeEach(async () => {
  phone = await readyPhone();
  Object.assign(phone, { render, renderLater });
  putVisit(phone, "v1", { recorded_by: "lan" });
  await phone.sync();
});

/** The phone exchanges, and clears what was erased. */
async function hears() {
  await phone.sync();
  await clearErased("lan", new Date());
  await say("lan", new Date());
}

async function stored() {
  const records = await inAccount("lan", STORES, "readonly", (tx) =>
    Promise.all(STORES.map((store) => tx.objectStore(store).getAll())),
  );
  return JSON.stringify(records);
}

const count = (store) => inAccount("lan", [store], "readonly", (tx) => tx.objectStore(store).count());

/** Nothing waits, was sent to a household that there is not, or is left; what Hôm nay links to opens; and it says why. */
async function assertCleared(isSaid = true) {
  const sent = phone.server.requests.flatMap(({ ops }) => ops.map(({ data }) => data.household_id ?? data.id));
  assert.ok(!sent.includes("erased"), "nobody could correct it");
  assert.deepEqual([await count("outbox"), await count("fixes"), await count("drafts")], [0, 0, 0]);
  assert.ok(!(await stored()).includes(WORD));
  const today = await phone.get("/field/");
  assert.equal(today.text.includes(LINE), isSaid, today.text);
  assert.equal((await phone.get("/field/log")).text.includes(LINE), isSaid);
  for (const [, href] of today.html.matchAll(/href="(\/field\/(?:households|visits)\/[^"]+)"/g)) {
    let page = await phone.get(href);
    while (page.location) page = await phone.get(page.location);
    assert.equal(page.status, 200, href);
  }
}

for (const [address, key, typed] of FORMS) {
  describe(address, () => {
    let fields;
    const save = async () => {
      const answer = await phone.post(address, { ...fields, ...typed });
      assert.match(answer.location, /\/saved$|^\/field\/households\/h12|done=saved$/, answer.text);
    };

    beforeEach(async () => {
      fields = fieldsOn((await phone.get(address)).html);
    });

    test("erased while it is open, and saved", async () => {
      phone.server.erase("h12");
      await hears();
      await save();
      await hears();
      await assertCleared();
    });

    test("erased while it is open, and saved before the phone clears", async () => {
      phone.server.erase("h12");
      await phone.sync();
      await save();
      await hears();
      await assertCleared();
    });

    test("erased with a draft", async () => {
      await saveDraft("lan", key, { ...fields, ...typed });
      phone.server.erase("h12");
      await hears();
      await assertCleared();
    });

    test("typed on after it was erased: the draft opens, and goes", async () => {
      phone.server.erase("h12");
      await hears();
      await saveDraft("lan", key, { ...fields, ...typed });
      assert.equal((await phone.get(address)).status, 200);
      await hears();
      await assertCleared();
    });

    test("saved, and erased before it is sent", async () => {
      await save();
      phone.server.erase("h12");
      await hears();
      await assertCleared();
    });

    test("sent, and then erased", async () => {
      await save();
      await phone.sync();
      phone.server.erase("h12");
      await hears();
      await assertCleared();
    });

    test("refused, and then erased", async () => {
      phone.server.decide = () => ({ status: "rejected", code: "invalid", fields: ["note"] });
      await save();
      await phone.sync();
      assert.equal(await count("fixes"), 1);
      phone.server.erase("h12");
      await hears();
      await assertCleared();
    });
  });
}

test("a tap on Ghi nhanh goes as well", async () => {
  await saveSetting({ service: "vietqr", outcome: "did_it" });
  await phone.get("/field/households/quick");
  phone.server.erase("h12");
  await hears();
  await phone.post("/field/households/h12/mark", { id: phone.newId() });
  await hears();
  assert.deepEqual([await count("outbox"), await count("fixes")], [0, 0]);
  assert.match((await phone.get("/field/")).text, /Một hộ đã được xóa/);
});

test("a phone that had nothing of it says nothing", async () => {
  phone.server.erase("h14");
  await hears();
  await assertCleared(false);
});
