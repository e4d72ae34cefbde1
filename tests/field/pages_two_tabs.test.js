// Two tabs on one phone: the same form in both, or another account opened in the other.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { announce } from "../../static/field/store/changes.js";
import * as drafts from "../../static/field/store/drafts.js";
import * as outbox from "../../static/field/store/outbox.js";
import { DONG, filled, LAN, readyPhone, returned } from "./pages_world.js";
import { signIn } from "./phone.js";

const VISIT = "/field/households/h12/visit";
const NEW = "/field/households/new";
const ID = "20000000-0000-4000-8000-000000000001";
const OTHER = "20000000-0000-4000-8000-000000000002";
/** Hoa, of the same hamlet as Lan. */
const HOA = { id: "hoa", name: "Lò Thị Hoa", phone: "0900000003", hamlets: [DONG] };
/** @type {import("./pages_world.js").Phone} */
let phone;

const written = async () => (await outbox.pending("lan")).map(({ type, data }) => [type, data]);
const home = (changes = {}) => ({ id: ID, head_name: "Hoàng Văn Một", house_no: "", alley: "", phone: "", ...changes });
const door = (alley) => ({ id: ID, head_name: "Trần Thị Mai", house_no: "14", alley, phone: "" });

beforeEach(async () => {
  phone = await readyPhone();
});

describe("the same form saved in both", () => {
  test("with another note: Lan's visit counts once and has what she wrote last", async () => {
    await phone.post(VISIT, filled({ note: "một" }));
    const { location } = await phone.post(VISIT, filled({ note: "hai" }));
    assert.deepEqual(
      (await written()).map(([type, { id, note }]) => [type, id, note]),
      [
        ["visit.record", ID, "một"],
        ["visit.amend", ID, "hai"],
      ],
    );
    assert.equal(location, `/field/visits/${ID}/saved`);
  });

  test("after Lan took the visit back: what she writes then is a visit of its own", async () => {
    await phone.post(VISIT, filled());
    await phone.post(`/field/visits/${ID}/withdraw`, {});
    const { location } = await phone.post(VISIT, filled({ note: "hai" }));
    const [type, { id, note }] = (await written()).at(-1);
    assert.deepEqual([type, note, location], ["visit.record", "hai", `/field/visits/${id}/saved`]);
    assert.notEqual(id, ID);
  });

  test("after Lan gave the refused visit up: what she writes then is a visit of its own", async () => {
    phone.server.decide = () => ({ status: "rejected", code: "service_unknown", fields: [] });
    await phone.post(VISIT, filled());
    await phone.sync();
    await outbox.discard("lan", ID);
    await phone.post(VISIT, filled({ note: "hai" }));
    assert.deepEqual(
      (await written()).map(([type, { note }]) => [type, note]),
      [["visit.record", "hai"]],
    );
  });

  test("two amendments of Lan's visit are both kept, and a second tap is none", async () => {
    returned(phone, "v1", "missing_information");
    await phone.sync();
    for (const note of ["sửa A", "sửa B", "sửa A"]) await phone.post("/field/visits/v1/edit", filled({ note }));
    assert.deepEqual(
      (await written()).map(([type, { note }]) => [type, note]),
      [
        ["visit.amend", "sửa A"],
        ["visit.amend", "sửa B"],
      ],
    );
  });

  test("a second tap after the amendment was sent adds none", async () => {
    returned(phone, "v1", "missing_information", { version: 4 });
    await phone.sync();
    await phone.post("/field/visits/v1/edit", filled({ note: "sửa" }));
    await phone.sync();
    await phone.post("/field/visits/v1/edit", filled({ note: "sửa" }));
    assert.deepEqual(await written(), []);
  });

  test("two amendments of a household are both kept", async () => {
    await phone.post("/field/households/h14/edit", door("Ngõ A"));
    await phone.post("/field/households/h14/edit", door("Ngõ B"));
    assert.deepEqual(
      (await written()).map(([, { alley }]) => alley),
      ["Ngõ A", "Ngõ B"],
    );
  });

  test("another household under the same form: Lan is asked whether it is one or two, and her words stay", async () => {
    await phone.post(NEW, home());
    const { status, context } = await phone.post(NEW, home({ head_name: "Lý Thị Hai" }));
    assert.deepEqual(
      [status, context.head_name, context.alike.map(({ label }) => label)],
      [422, "Lý Thị Hai", ["Hoàng Văn Một"]],
    );
    assert.equal((await written()).length, 1);
    const draft = (await phone.get(NEW)).context;
    assert.deepEqual([draft.head_name, draft.id], ["Lý Thị Hai", context.id]);
    await phone.post(NEW, home({ id: context.id, head_name: "Lý Thị Hai", sure: "yes" }));
    assert.deepEqual(
      (await written()).map(([type, { head_name }]) => [type, head_name]),
      [
        ["household.add", "Hoàng Văn Một"],
        ["household.add", "Lý Thị Hai"],
      ],
    );
  });

  test("another household after the first was given up is simply added", async () => {
    phone.server.decide = () => ({ status: "rejected", code: "invalid", fields: [] });
    await phone.post(NEW, home());
    await phone.sync();
    await outbox.discard("lan", ID);
    const { status } = await phone.post(NEW, home({ head_name: "Lý Thị Hai" }));
    assert.deepEqual([status, (await written()).map(([, { head_name }]) => head_name)], [303, ["Lý Thị Hai"]]);
  });
});

describe("a draft written after its form was saved", () => {
  for (const [place, move] of [
    ["waits", () => {}],
    ["was sent", () => phone.sync()],
    [
      "was refused",
      () => {
        phone.server.decide = () => ({ status: "rejected", code: "invalid", fields: [] });
        return phone.sync();
      },
    ],
  ]) {
    test(`does not come back while the visit ${place}: Lan's next visit is a new one`, async () => {
      await phone.post(VISIT, filled({ note: "một" }));
      await move();
      await drafts.save("lan", "visit:new:h12", { id: [ID], note: ["mộtx"] });
      const { context } = await phone.get(VISIT);
      assert.deepEqual([context.resumed, context.id === ID, context.note], [false, false, ""]);
    });
  }
});

describe("told to the other tab", () => {
  /** What it hears of forms while something is done here. */
  const heard = async (work) => {
    const other = new BroadcastChannel("tungnha");
    const changes = [];
    other.onmessage = ({ data }) => void (data.draft && changes.push(data));
    await work();
    const end = new Promise((resolve) => other.addEventListener("message", ({ data }) => data.end && resolve()));
    announce({ end: true });
    await end;
    other.close();
    return changes.map(({ kind, account_id, draft, id }) => [kind, account_id, draft, id]);
  };

  test("what Lan types, and what she gives up", async () => {
    const changes = await heard(async () => {
      await drafts.save("lan", "visit:new:h12", { id: [ID], note: ["một"] });
      await phone.post("/field/drafts/discard", { draft: "visit:new:h12", address: VISIT });
    });
    const said = ["draft", "lan", "visit:new:h12", undefined];
    assert.deepEqual(changes, [said, said]);
  });

  test("a visit saved from its form, once more with another content, and typed on after that", async () => {
    const changes = await heard(async () => {
      await phone.post(VISIT, filled({ note: "một" }));
      await phone.post(VISIT, filled({ note: "hai" }));
      await drafts.save("lan", "visit:new:h12", { id: [ID], note: ["hai ba"] });
    });
    const said = ["saved", "lan", "visit:new:h12", ID];
    assert.deepEqual(changes, [said, said, said]);
  });

  test("an amended visit and an added household, by their own ids", async () => {
    returned(phone, "v1", "missing_information");
    await phone.sync();
    const changes = await heard(async () => {
      await phone.post("/field/visits/v1/edit", filled({ note: "sửa" }));
      await phone.post(NEW, home({ id: OTHER }));
    });
    assert.deepEqual(changes, [
      ["saved", "lan", "visit:edit:v1", "v1"],
      ["saved", "lan", "household:new", OTHER],
    ]);
  });

  test("nothing of a tap without a form", async () => {
    await drafts.save("lan", "quick", { service: ["vneid_install"], outcome: ["did_it"] });
    const tap = () => phone.post("/field/households/h14/mark", { id: OTHER, result: "helped" });
    assert.deepEqual(await heard(tap), []);
  });
});

describe("a form drawn for Lan, sent when Hoa has signed in", () => {
  const post = (address, fields, whose) => {
    const body = new URLSearchParams(
      Object.entries(fields).flatMap(([name, all]) => [all].flat().map((one) => [name, one])),
    );
    return phone.ask(new Request(`http://phone${address}`, { method: "POST", body, headers: { "X-Whose": whose } }));
  };

  beforeEach(async () => {
    assert.equal((await phone.get(VISIT)).context.whose, "lan");
    await drafts.save("lan", "visit:new:h12", { id: [ID], note: ["của Lan"] });
    await signIn(HOA);
    const { run } = await import("../../static/field/sync/engine.js");
    await run("hoa", { fetch: phone.server.fetch, now: () => phone.now });
  });

  test("is recorded for neither, says so, and waits for Lan", async () => {
    const { status, text, context } = await post(VISIT, filled({ note: "của Lan" }), "lan");
    assert.deepEqual([status, context.whose, text], [409, "hoa", ""]);
    assert.match(context.sentences.join(" "), /đang mở cho Lò Thị Hoa, nên chưa lưu/);
    assert.deepEqual([await outbox.pending("hoa"), await outbox.pending("lan")], [[], []]);
    await signIn(LAN);
    assert.equal((await phone.get(VISIT)).context.note, "của Lan");
  });

  test("signs nobody out", async () => {
    assert.equal((await post("/field/account/sign-out", {}, "lan")).status, 409);
    assert.equal((await phone.get("/field/")).context.name, HOA.name);
  });

  test("does not stop Hoa's own forms, nor a sign-in", async () => {
    assert.equal((await post(VISIT, filled(), "hoa")).status, 303);
    assert.equal((await post("/field/sign-in", { invite: "", phone: "" }, "lan")).status, 422);
  });
});
