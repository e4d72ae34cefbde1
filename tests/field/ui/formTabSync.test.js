// Two tabs on one phone: the same form in both, or another account opened in one of them.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { announce } from "../../../static/field/store/changes.ts";
import * as drafts from "../../../static/field/store/drafts.ts";
import * as outbox from "../../../static/field/store/outbox.ts";
import { DONG, LAN, putReturnedVisit, readyPhone, visitFields } from "../support/pageHarness.js";
import { signIn } from "../support/phone.js";

const VISIT = "/field/households/h12/visit";
const NEW = "/field/households/new";
const ID = "20000000-0000-4000-8000-000000000001";
const OTHER = "20000000-0000-4000-8000-000000000002";
/** Hoa, of the same hamlet as Lan. */
const HOA = { id: "hoa", name: "Lò Thị Hoa", phone: "0900000003", hamlets: [DONG] };
/** @type {import("../support/pageHarness.js").Phone} */
let phone;

const queuedData = async () => (await outbox.queuedOperations("lan")).map(({ type, data }) => [type, data]);
const newHousehold = (changes = {}) => ({
  id: ID,
  head_name: "Hoàng Văn Một",
  house_no: "",
  alley: "",
  phone: "",
  ...changes,
});
const maisHousehold = (alley) => ({ id: ID, head_name: "Trần Thị Mai", house_no: "14", alley, phone: "" });

beforeEach(async () => {
  phone = await readyPhone();
});

describe("the same form saved in both tabs", () => {
  test("with another note is one visit with the last note", async () => {
    await phone.post(VISIT, visitFields({ note: "một" }));
    const { location } = await phone.post(VISIT, visitFields({ note: "hai" }));
    assert.deepEqual(
      (await queuedData()).map(([type, { id, note }]) => [type, id, note]),
      [
        ["visit.record", ID, "một"],
        ["visit.amend", ID, "hai"],
      ],
    );
    assert.equal(location, `/field/visits/${ID}/saved`);
  });

  test("after Lan withdrew the visit records another visit", async () => {
    await phone.post(VISIT, visitFields());
    await phone.post(`/field/visits/${ID}/withdraw`, {});
    const { location } = await phone.post(VISIT, visitFields({ note: "hai" }));
    const [type, { id, note }] = (await queuedData()).at(-1);
    assert.deepEqual([type, note, location], ["visit.record", "hai", `/field/visits/${id}/saved`]);
    assert.notEqual(id, ID);
  });

  test("after Lan discarded the refused visit records another visit", async () => {
    phone.server.decide = () => ({ status: "rejected", code: "service_unknown", fields: [] });
    await phone.post(VISIT, visitFields());
    await phone.sync();
    await outbox.discardRefused("lan", ID);
    await phone.post(VISIT, visitFields({ note: "hai" }));
    assert.deepEqual(
      (await queuedData()).map(([type, { note }]) => [type, note]),
      [["visit.record", "hai"]],
    );
  });

  test("with two amendments of a visit saves both, and a second tap saves none", async () => {
    putReturnedVisit(phone, "v1", "missing_information");
    await phone.sync();
    for (const note of ["sửa A", "sửa B", "sửa A"]) await phone.post("/field/visits/v1/edit", visitFields({ note }));
    assert.deepEqual(
      (await queuedData()).map(([type, { note }]) => [type, note]),
      [
        ["visit.amend", "sửa A"],
        ["visit.amend", "sửa B"],
      ],
    );
  });

  test("with a second tap after the amendment was sent saves none", async () => {
    putReturnedVisit(phone, "v1", "missing_information", { version: 4 });
    await phone.sync();
    await phone.post("/field/visits/v1/edit", visitFields({ note: "sửa" }));
    await phone.sync();
    await phone.post("/field/visits/v1/edit", visitFields({ note: "sửa" }));
    assert.deepEqual(await queuedData(), []);
  });

  test("with two amendments of a household saves both", async () => {
    await phone.post("/field/households/h14/edit", maisHousehold("Ngõ A"));
    await phone.post("/field/households/h14/edit", maisHousehold("Ngõ B"));
    assert.deepEqual(
      (await queuedData()).map(([, { alley }]) => alley),
      ["Ngõ A", "Ngõ B"],
    );
  });

  test("with another household asks whether it is the same one, and keeps what Lan typed", async () => {
    await phone.post(NEW, newHousehold());
    const { status, context } = await phone.post(NEW, newHousehold({ head_name: "Lý Thị Hai" }));
    assert.deepEqual(
      [status, context.head_name, context.similar.map(({ label }) => label)],
      [422, "Lý Thị Hai", ["Hoàng Văn Một"]],
    );
    assert.equal((await queuedData()).length, 1);
    const draft = (await phone.get(NEW)).context;
    assert.deepEqual([draft.head_name, draft.id], ["Lý Thị Hai", context.id]);
    await phone.post(NEW, newHousehold({ id: context.id, head_name: "Lý Thị Hai", sure: "yes" }));
    assert.deepEqual(
      (await queuedData()).map(([type, { head_name }]) => [type, head_name]),
      [
        ["household.add", "Hoàng Văn Một"],
        ["household.add", "Lý Thị Hai"],
      ],
    );
  });

  test("with another household after the first was discarded adds it", async () => {
    phone.server.decide = () => ({ status: "rejected", code: "invalid", fields: [] });
    await phone.post(NEW, newHousehold());
    await phone.sync();
    await outbox.discardRefused("lan", ID);
    const { status } = await phone.post(NEW, newHousehold({ head_name: "Lý Thị Hai" }));
    assert.deepEqual([status, (await queuedData()).map(([, { head_name }]) => head_name)], [303, ["Lý Thị Hai"]]);
  });
});

describe("a draft written after its form was saved", () => {
  for (const [state, move] of [
    ["is queued", () => {}],
    ["was sent", () => phone.sync()],
    [
      "was refused",
      () => {
        phone.server.decide = () => ({ status: "rejected", code: "invalid", fields: [] });
        return phone.sync();
      },
    ],
  ]) {
    test(`is not shown when the visit ${state}: Lan's next visit is a new one`, async () => {
      await phone.post(VISIT, visitFields({ note: "một" }));
      await move();
      await drafts.saveDraft("lan", "visit:new:h12", { id: [ID], note: ["mộtx"] });
      const { context } = await phone.get(VISIT);
      assert.deepEqual([context.resumed, context.id === ID, context.note], [false, false, ""]);
    });
  }
});

describe("announced to the other tab", () => {
  /** The changes of forms that the other tab receives during `work`. */
  const receivedChanges = async (work) => {
    const other = new BroadcastChannel("tung-nha");
    const changes = [];
    other.onmessage = ({ data }) => void (data.draft && changes.push(data));
    await work();
    const end = new Promise((resolve) => other.addEventListener("message", ({ data }) => data.end && resolve()));
    announce({ end: true });
    await end;
    other.close();
    return changes.map(({ kind, account_id, draft, id }) => [kind, account_id, draft, id]);
  };

  test("are a draft that Lan writes, and one that she discards", async () => {
    const changes = await receivedChanges(async () => {
      await drafts.saveDraft("lan", "visit:new:h12", { id: [ID], note: ["một"] });
      await phone.post(`/field/drafts/discard?address=${VISIT}`, { id: "visit:new:h12" });
    });
    const announced = ["draft", "lan", "visit:new:h12", undefined];
    assert.deepEqual(changes, [announced, announced]);
  });

  test("are a visit saved from its form, saved again with other content, and typed on after that", async () => {
    const changes = await receivedChanges(async () => {
      await phone.post(VISIT, visitFields({ note: "một" }));
      await phone.post(VISIT, visitFields({ note: "hai" }));
      await drafts.saveDraft("lan", "visit:new:h12", { id: [ID], note: ["hai ba"] });
    });
    const announced = ["saved", "lan", "visit:new:h12", ID];
    assert.deepEqual(changes, [announced, announced, announced]);
  });

  test("are an amended visit and an added household, by their ids", async () => {
    putReturnedVisit(phone, "v1", "missing_information");
    await phone.sync();
    const changes = await receivedChanges(async () => {
      await phone.post("/field/visits/v1/edit", visitFields({ note: "sửa" }));
      await phone.post(NEW, newHousehold({ id: OTHER }));
    });
    assert.deepEqual(changes, [
      ["saved", "lan", "visit:edit:v1", "v1"],
      ["saved", "lan", "household:new", OTHER],
    ]);
  });

  test("is nothing for a tap without a form", async () => {
    await drafts.saveDraft("lan", "quick", { service: ["vneid_install"], outcome: ["did_it"] });
    const tap = () => phone.post("/field/households/h14/mark", { id: OTHER, result: "helped" });
    assert.deepEqual(await receivedChanges(tap), []);
  });
});

describe("a form rendered for Lan and submitted after Hoa signed in", () => {
  const post = (address, fields, accountId) => {
    const body = new URLSearchParams(
      Object.entries(fields).flatMap(([name, all]) => [all].flat().map((one) => [name, one])),
    );
    return phone.request(
      new Request(`http://phone${address}`, { method: "POST", body, headers: { "X-Account-Id": accountId } }),
    );
  };

  beforeEach(async () => {
    assert.equal((await phone.get(VISIT)).context.account_id, "lan");
    await drafts.saveDraft("lan", "visit:new:h12", { id: [ID], note: ["của Lan"] });
    await signIn(HOA);
    const { runSync } = await import("../../../static/field/sync/engine.ts");
    await runSync("hoa", { fetch: phone.server.fetch, now: () => phone.now });
  });

  test("is saved for neither, says so, and stays as Lan's draft", async () => {
    const { status, text, context } = await post(VISIT, visitFields({ note: "của Lan" }), "lan");
    assert.deepEqual([status, context.account_id, text], [409, "hoa", ""]);
    assert.match(context.sentences.join(" "), /đang mở cho Lò Thị Hoa, nên chưa lưu/);
    assert.deepEqual([await outbox.queuedOperations("hoa"), await outbox.queuedOperations("lan")], [[], []]);
    await signIn(LAN);
    assert.equal((await phone.get(VISIT)).context.note, "của Lan");
  });

  test("does not sign Hoa out", async () => {
    assert.equal((await post("/field/account/sign-out", {}, "lan")).status, 409);
    assert.equal((await phone.get("/field/")).context.name, HOA.name);
  });

  test("does not stop Hoa's own forms, nor a sign-in", async () => {
    assert.equal((await post(VISIT, visitFields(), "hoa")).status, 303);
    assert.equal((await post("/field/sign-in", { invite: "", phone: "" }, "lan")).status, 422);
  });
});
