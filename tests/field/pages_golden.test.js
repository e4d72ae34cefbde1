// The golden contexts of the field templates are what the pages give. Written anew with GOLDEN=write in the environment.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import * as accounts from "../../static/field/store/accounts.js";
import * as drafts from "../../static/field/store/drafts.js";
import { StorageFull } from "../../static/field/store/outbox.js";
import { run } from "../../static/field/sync/engine.js";
import { json } from "./model_server.js";
import { bareList, emptyPhone, filled, lansPhone, readyPhone, returned, served } from "./pages_world.js";
import { LAN, newId, record, save, signIn } from "./phone.js";

const MARK = "40000000-0000-4000-8000-000000000001";
const GOLDEN = new URL("../contract/golden/field/", import.meta.url);

/** @typedef {import("./pages_world.js").Phone} Phone */
/** @type {Record<string, () => Promise<{phone: Phone, address: string, fields?: object}>>} */
const SCENES = {
  "sign_in/empty": async () => ({ phone: await emptyPhone(), address: "/field/sign-in" }),
  "sign_in/wrong": async () => ({
    phone: await emptyPhone(),
    address: "/field/sign-in",
    fields: { invite: "123", phone: "" },
  }),
  "sign_in/others_unsent": async () => {
    const phone = await readyPhone();
    await record("lan", "h12");
    await accounts.close();
    return { phone, address: "/field/sign-in" };
  },
  "first_download/begin": async () => ({ phone: await lansPhone(), address: "/field/first-download" }),
  "first_download/half": async () => {
    const phone = await lansPhone();
    phone.known = { outcome: "", progress: { received: 1600, left: 400 } };
    return { phone, address: "/field/first-download" };
  },
  "first_download/offline": async () => {
    const phone = await lansPhone();
    phone.known = { outcome: "offline", progress: null };
    return { phone, address: "/field/first-download" };
  },
  "today/empty": async () => ({ phone: await readyPhone(), address: "/field/" }),
  "today/no_households": async () => ({ phone: await bareList(), address: "/field/" }),
  "today/busy": async () => {
    const phone = await busyPhone();
    phone.waits = true;
    phone.known = { outcome: "sign_in", progress: null };
    return { phone, address: "/field/?done=updated" };
  },
  "households/all": async () => ({ phone: await busyPhone(), address: "/field/households" }),
  "households/none": async () => ({ phone: await bareList(), address: "/field/households" }),
  "households/quick_none": async () => ({ phone: await bareList(), address: "/field/households/quick" }),
  "households/nothing_found": async () => ({
    phone: await readyPhone(),
    address: "/field/households?q=x%3Cy&show=promised&order=name",
  }),
  "households/many": async () => {
    const phone = await lansPhone();
    for (let number = 100; number < 170; number += 1) phone.server.household(`n${number}`, { alley: "Xóm Chùa" });
    await phone.sync();
    return { phone, address: "/field/households?page=2" };
  },
  "households/pick": async () => {
    const phone = await readyPhone();
    const { data } = await record("lan", "h12", {}, { at: phone.now.toISOString() });
    return { phone, address: `/field/visits/${data.id}/household` };
  },
  "household/visited": async () => ({ phone: await busyPhone(), address: "/field/households/h12?done=undone" }),
  "household/just_added": async () => {
    const phone = await readyPhone();
    const id = newId();
    const data = {
      id,
      hamlet_id: "dong",
      head_name: "Vũ <b>Văn</b> Sơn",
      house_no: "",
      alley: "",
      phone: "0900000009",
      phone_consent: true,
    };
    await save("lan", "household.add", data, { id });
    return { phone, address: `/field/households/${id}?done=saved` };
  },
  "household/moved": async () => {
    const phone = await lansPhone();
    phone.server.household("gone", { state: "moved", head_name: "Hứa Thị Bích" });
    await phone.sync();
    return { phone, address: "/field/households/gone" };
  },
  "household_form/new": async () => ({
    phone: await readyPhone(),
    address: "/field/households/new?name=V%C5%A9%20S%C6%A1n",
  }),
  "household_form/wrong": async () => ({
    phone: await readyPhone(),
    address: "/field/households/new",
    fields: { id: newId(), head_name: " ", house_no: "1".repeat(61), alley: "x".repeat(161), phone: "0900000009" },
  }),
  "household_form/alike": async () => ({
    phone: await readyPhone(),
    address: "/field/households/new",
    fields: { id: newId(), head_name: "nguyen duc", house_no: "", alley: "", phone: "" },
  }),
  "household_form/edit_refused": async () => {
    const phone = await readyPhone();
    phone.server.decide = () => ({ status: "rejected", code: "phone_without_consent", fields: ["phone"] });
    await save("lan", "household.amend", { id: "h14", base_version: 1, phone: "0900000008" });
    await phone.sync();
    return { phone, address: "/field/households/h14/edit" };
  },
  "visit_form/new": async () => ({ phone: await readyPhone(), address: "/field/households/h12/visit" }),
  "visit_form/resumed": async () => {
    const phone = await readyPhone();
    await drafts.save(
      "lan",
      "visit:new:h12",
      filled({ note: "Cụ ông đi vắng, <hẹn>\nchiều", follow_up: "pick", follow_up_on: "2026-12-24" }),
    );
    return { phone, address: "/field/households/h12/visit" };
  },
  "visit_form/wrong": async () => ({
    phone: await readyPhone(),
    address: "/field/households/h12/visit",
    fields: filled({
      result: "",
      "outcome-vneid_install": "",
      "people-vneid_install": "0",
      note: "x".repeat(501),
      follow_up: "pick",
    }),
  }),
  "visit_form/returned": async () => {
    const phone = await lansPhone();
    returned(phone, "v1", "missing_information", {
      services: [{ code: "old_service", outcome: "referred", people: 3 }],
      follow_up_on: "2026-11-25",
    });
    served(phone, "v2", { occurred_at: "2026-11-20T02:00:00Z" });
    await phone.sync();
    return { phone, address: "/field/visits/v1/edit" };
  },
  "saved/on_phone": async () => {
    const phone = await readyPhone();
    const { data } = await record("lan", "h12", {}, { at: phone.now.toISOString() });
    return { phone, address: `/field/visits/${data.id}/saved` };
  },
  "saved/sent_last_door": async () => {
    const phone = await lansPhone();
    for (const household_id of ["h14", "h16", "h5"]) served(phone, `v-${household_id}`, { household_id });
    await phone.sync();
    const { data } = await record("lan", "h12", { result: "not_home", services: [] }, { at: phone.now.toISOString() });
    await phone.sync();
    return { phone, address: `/field/visits/${data.id}/saved` };
  },
  "log/empty": async () => ({ phone: await readyPhone(), address: "/field/log" }),
  "log/busy": async () => ({ phone: await busyPhone(), address: "/field/log?done=withdrawn" }),
  "log/many": async () => {
    const phone = await lansPhone();
    for (let number = 0; number < 61; number += 1)
      served(phone, `v${number}`, { recorded_by: "lan", household_id: number ? "h12" : "gone" });
    await phone.sync();
    return { phone, address: "/field/log?page=2" };
  },
  "confirm/withdraw": async () => {
    const phone = await readyPhone();
    const { data } = await record("lan", "h12", {}, { at: phone.now.toISOString() });
    return { phone, address: `/field/visits/${data.id}/withdraw` };
  },
  "confirm/moved": async () => ({ phone: await readyPhone(), address: "/field/households/h12/state/moved" }),
  "account/all_sent": async () => ({ phone: await readyPhone(), address: "/field/account" }),
  "account/unsent": async () => {
    const phone = await readyPhone();
    phone.sunny = true;
    await record("lan", "h12");
    return { phone, address: "/field/account" };
  },
  "problem/not_found": async () => ({ phone: await readyPhone(), address: "/field/nowhere" }),
  "problem/no_room": async () => {
    const phone = await readyPhone();
    Object.defineProperty(phone, "waits", {
      get() {
        throw new StorageFull("no room");
      },
    });
    return { phone, address: "/field/" };
  },
  "households/quick": async () => {
    const phone = await readyPhone();
    await record("lan", "h14", { result: "not_home", services: [] }, { at: phone.now.toISOString() });
    await phone.post("/field/households/h16/mark", { id: MARK, result: "not_home" });
    await drafts.save("lan", "quick", { service: ["vietqr"], outcome: ["explained"] });
    return { phone, address: "/field/households/quick?q=ngo" };
  },
  "households/quick_refused": async () => {
    const phone = await readyPhone();
    await drafts.save("lan", "quick", { service: ["vietqr"], outcome: [""] });
    return { phone, address: "/field/households/h12/mark", fields: { id: newId(), result: "helped" } };
  },
  "households/quick_tapped": async () => {
    const phone = await readyPhone();
    const fields = { id: newId(), result: "not_home" };
    return { phone, address: "/field/households/h12/mark?show=unvisited", fields };
  },
  "saved/signed_out": async () => {
    const phone = await readyPhone();
    const { data } = await record("lan", "h12", {}, { at: phone.now.toISOString() });
    phone.known = { outcome: "sign_in", progress: null };
    return { phone, address: `/field/visits/${data.id}/saved` };
  },
  "today/erased": async () => {
    const phone = await readyPhone();
    phone.server.suspended = true;
    await phone.sync();
    return { phone, address: "/field/" };
  },
  "log/fates": async () => ({ phone: await fatedPhone(), address: "/field/log" }),
  "household/fates": async () => ({ phone: await fatedPhone(), address: "/field/households/h12" }),
  "log/copied": async () => {
    const phone = await readyPhone();
    await record("lan", "h12", {}, { at: "2026-11-20T01:00:00Z" });
    return { phone, address: "/field/log?done=copied" };
  },
  "log/signed_out": async () => {
    const phone = await readyPhone();
    await record("lan", "h12", {}, { at: "2026-11-23T01:00:00Z" });
    phone.known = { outcome: "sign_in", progress: null };
    return { phone, address: "/field/log" };
  },
  "account/fixes": async () => {
    const phone = await readyPhone();
    phone.server.decide = () => ({ status: "rejected", code: "service_unknown", fields: ["services"] });
    await record("lan", "h12");
    await phone.sync();
    return { phone, address: "/field/account" };
  },
  "saved/to_home_screen": async () => {
    const phone = await readyPhone();
    const { data } = await record("lan", "h12", {}, { at: phone.now.toISOString() });
    phone.installable = true;
    return { phone, address: `/field/visits/${data.id}/saved` };
  },
  "household_form/saved_elsewhere": async () => {
    const phone = await readyPhone();
    await drafts.save("lan", "household:new", { head_name: "Lý Văn Hai" });
    return { phone, address: "/field/households/new?done=elsewhere" };
  },
  "visit_form/saved_elsewhere": async () => {
    const phone = await readyPhone();
    const { data } = await record("lan", "h12", {}, { at: phone.now.toISOString() });
    const { id: _id, ...values } = filled({ note: "Bà hỏi về mức 2" });
    await drafts.save("lan", `visit:edit:${data.id}`, values);
    return { phone, address: `/field/visits/${data.id}/edit?done=elsewhere` };
  },
  "saved/elsewhere": async () => {
    const phone = await readyPhone();
    const { data } = await record("lan", "h12", {}, { at: phone.now.toISOString() });
    return { phone, address: `/field/visits/${data.id}/saved?done=elsewhere` };
  },
  "saved/nothing_to_undo": async () => {
    const phone = await readyPhone();
    const { data } = await record("lan", "h12", {}, { at: phone.now.toISOString() });
    await phone.edit(data.id);
    return { phone, address: `/field/visits/${data.id}/saved` };
  },
  "sign_in/refused": async () => {
    const phone = await emptyPhone();
    phone.fetch = async () => json({ proto: 1, error: "invite_invalid" }, 401);
    return { phone, address: "/field/sign-in", fields: { invite: "99999999", phone: "0912345678" } };
  },
  "sign_in/signed_in": async () => ({ phone: await readyPhone(), address: "/field/sign-in" }),
  "revoked/all_sent": async () => ({ phone: await revokedPhone(), address: "/field/households" }),
  "revoked/waiting": async () => {
    const phone = await revokedPhone();
    await record("lan", "h12");
    return { phone, address: "/field/households" };
  },
  "log/revoked": async () => ({ phone: await revokedPhone(), address: "/field/log" }),
  "log/withdrawn": async () => {
    const phone = await lansPhone();
    served(phone, "v1", { recorded_by: "lan" });
    await phone.sync();
    await save("lan", "visit.withdraw", { id: "v1" }, { at: phone.now.toISOString() });
    await phone.sync();
    await save("lan", "visit.withdraw", { id: "v0" }, { at: phone.now.toISOString() });
    return { phone, address: "/field/log" };
  },
  "visit_form/come_back": async () => ({
    phone: await readyPhone(),
    address: "/field/households/h12/visit",
    fields: filled({ result: "come_back", service: [] }),
  }),
  "today/earlier_records": async () => ({ phone: await invitedAgain(), address: "/field/" }),
  "transfer/two_of_lans": async () => ({ phone: await invitedAgain(), address: "/field/transfer" }),
};

/** Lan's phone on a full day: something returned, something refused, a queue since yesterday, promises, a teammate's visit. */
async function busyPhone() {
  const phone = await lansPhone();
  returned(phone, "v1", "wrong_household");
  served(phone, "v2", { household_id: "h16", occurred_at: "2026-11-20T02:00:00Z" });
  served(phone, "v3", {
    household_id: "h5",
    result: "come_back",
    services: [],
    follow_up_on: "2026-11-24",
    note: "Gọi 0912345678901",
  });
  phone.server.put("follow_up", { id: "v3", household_id: "h5", due_on: "2026-11-24", closed_by: null });
  phone.server.decide = (op) =>
    op.type === "household.amend" ? { status: "rejected", code: "conflict", fields: ["alley"] } : null;
  await phone.sync();
  await save("lan", "household.amend", { id: "h16", base_version: 1, alley: "Ngõ 4" }, { at: "2026-11-24T01:00:00Z" });
  await phone.sync();
  const services = [{ code: "file_application", outcome: "explained", people: 1 }];
  await record("lan", "h14", { result: "not_home", services: [], note: "" }, { at: "2026-11-23T02:00:00Z" });
  await record("lan", "h12", { services, note: "Mã 123456789012 & <b>" }, { at: "2026-11-24T02:30:00Z" });
  await save(
    "lan",
    "household.add",
    { id: newId(), hamlet_id: "dong", head_name: "Vũ Văn Sơn", house_no: "7", alley: "" },
    { at: "2026-11-24T02:40:00Z" },
  );
  return phone;
}

/** Lan's phone, taken out of service after a visit. */
async function revokedPhone() {
  const phone = await readyPhone();
  await record("lan", "h12", {}, { at: "2026-11-24T02:30:00Z" });
  phone.server.suspended = true;
  await phone.sync();
  return phone;
}

/** Lan's phone with one of every fate: kept apart for each reason, dropped, approved, found twice, sent. */
async function fatedPhone() {
  const phone = await lansPhone();
  const review = { state: "accepted", reason: "", field: "", note: "", at: "2026-11-23T02:00:00Z" };
  served(phone, "v1", { recorded_by: "lan", review });
  served(phone, "v2", { recorded_by: "lan", review: { ...review, state: "duplicate" } });
  returned(phone, "v3", "missing_information");
  await phone.sync();
  const codes = ["waiting", "revoked", "foreign_epoch", "op_reused", "unappliable"];
  for (const [place, code] of codes.entries()) {
    phone.server.decide = () => ({ status: "quarantined", code });
    await record("lan", "h12", {}, { at: `2026-11-24T01:0${place}:00Z` });
    await phone.sync();
  }
  const dropped = await record("lan", "h12", {}, { at: "2026-11-24T01:10:00Z" });
  await phone.sync();
  phone.server.drop(dropped.op_id);
  phone.server.decide = () => ({ status: "conflict", code: "conflict", fields: ["alley"] });
  const patch = { id: "h12", base_version: 1, alley: "Ngõ 4" };
  await save("lan", "household.amend", patch, { at: "2026-11-24T01:20:00Z" });
  await phone.sync();
  phone.server.decide = () => null;
  await save("lan", "household.amend", { ...patch, id: "h14" }, { at: "2026-11-24T01:30:00Z" });
  await phone.sync();
  return phone;
}

for (const [name, scene] of Object.entries(SCENES)) {
  test(`${name} is what the page gives`, async () => {
    const { phone, address, fields } = await scene();
    const { context, template } = await (fields ? phone.post(address, fields) : phone.get(address));
    assert.equal(template, `field/${name.split("/")[0]}.html`);
    const file = new URL(`${name}.json`, GOLDEN);
    if (process.env.GOLDEN === "write") {
      mkdirSync(new URL("./", file), { recursive: true });
      writeFileSync(file, `${JSON.stringify(context, null, 2)}\n`);
    }
    assert.deepEqual(context, JSON.parse(readFileSync(file, "utf8")));
  });
}

/** Lan's phone: two records that the restored server does not know, and another account under her number. */
async function invitedAgain() {
  const phone = await readyPhone();
  await record("lan", "h12");
  await record("lan", "h14");
  await signIn({ ...LAN, id: "lan-2" }, { next_seq: 3 });
  await run("lan-2", { fetch: phone.server.fetch, now: () => phone.now });
  return phone;
}
