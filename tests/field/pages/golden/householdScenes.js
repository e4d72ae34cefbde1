// Golden scenes: Hộ dân, Ghi nhanh and a household.

import * as drafts from "../../../../static/field/store/drafts.ts";
import { bareList, lansPhone, readyPhone, saveSetting } from "../../support/pageHarness.js";
import { newId, record, save } from "../../support/phone.js";
import { busyPhone, phoneOfAllStatuses } from "./phones.js";

const MARK = "40000000-0000-4000-8000-000000000001";

/** @type {import("../golden.test.js").Scenes} */
export const HOUSEHOLDS = {
  "households/all": async () => ({ phone: await busyPhone(), address: "/field/households" }),
  "households/none": async () => ({ phone: await bareList(), address: "/field/households" }),
  "quick/none": async () => ({ phone: await bareList(), address: "/field/households/quick" }),
  "households/similar": async () => ({ phone: await readyPhone(), address: "/field/households?q=nguyen+dut" }),
  "households/nothing_found": async () => ({
    phone: await readyPhone(),
    address: "/field/households?q=x%3Cy&show=follow_up&order=name",
  }),
  "households/found_elsewhere": async () => ({
    phone: await readyPhone(),
    address: "/field/households?q=duc&show=follow_up",
  }),
  "households/many": async () => {
    const phone = await lansPhone();
    for (let number = 100; number < 170; number += 1) phone.server.household(`n${number}`, { alley: "Xóm Chùa" });
    await phone.sync();
    return { phone, address: "/field/households?page=2" };
  },
  "pick_household/pick": async () => {
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
      consent: { at: "2026-11-24T02:59:00.000Z", way: "device", wording_version: 1 },
    };
    await save("lan", "household.add", data, { id });
    await record("lan", id, { result: "come_back", services: [] }, { at: phone.now.toISOString() });
    return { phone, address: `/field/households/${id}?done=saved` };
  },
  "household/moved": async () => {
    const phone = await lansPhone();
    phone.server.household("gone", { state: "moved", head_name: "Hứa Thị Bích" });
    await phone.sync();
    return { phone, address: "/field/households/gone" };
  },
  "request_form/new": async () => ({ phone: await readyPhone(), address: "/field/households/h12/request" }),
  "request_form/wrong": async () => ({
    phone: await readyPhone(),
    address: "/field/households/h12/request",
    fields: { id: MARK, kind: "forget" },
  }),
  "household_form/new": async () => ({
    phone: await readyPhone(),
    address: "/field/households/new?q=V%C5%A9%20S%C6%A1n",
  }),
  "household_form/wrong": async () => ({
    phone: await readyPhone(),
    address: "/field/households/new",
    fields: { id: newId(), head_name: " ", house_no: "1".repeat(61), alley: "x".repeat(161), phone: "0900000009" },
  }),
  "household_form/similar": async () => ({
    phone: await readyPhone(),
    address: "/field/households/new",
    fields: { id: newId(), head_name: "nguyen duc", house_no: "", alley: "", phone: "" },
  }),
  "household_form/edit_refused": async () => {
    const phone = await readyPhone();
    phone.server.decide = () => ({ status: "rejected", code: "phone_invalid", fields: ["phone"] });
    await save("lan", "household.amend", { id: "h14", base_version: 1, phone: "0900000008" });
    await phone.sync();
    return { phone, address: "/field/households/h14/edit" };
  },
  "quick/set": async () => {
    const phone = await readyPhone();
    await record("lan", "h14", { result: "not_home", services: [] }, { at: phone.now.toISOString() });
    await phone.post("/field/households/h16/mark", { id: MARK, result: "not_home" });
    await saveSetting({ service: ["vietqr"], outcome: ["explained"] });
    return { phone, address: "/field/households/quick?q=ngo" };
  },
  "quick/asked": async () => {
    const phone = await readyPhone();
    await record("lan", "h12", { note: "Bà cụ" }, { at: phone.now.toISOString() });
    await drafts.saveDraft("lan", "visit:new:h12", { id: newId(), note: "Dở" });
    return { phone, address: "/field/households/h12/mark", fields: { id: newId(), result: "not_home" } };
  },
  "quick/refused": async () => {
    const phone = await readyPhone();
    await saveSetting({ service: ["vietqr"], outcome: [""] });
    return { phone, address: "/field/households/h12/mark", fields: { id: newId(), result: "helped" } };
  },
  "quick/tapped": async () => {
    const phone = await readyPhone();
    const fields = { id: newId(), result: "not_home" };
    return { phone, address: "/field/households/h12/mark?show=unvisited", fields };
  },
  "household/statuses": async () => ({ phone: await phoneOfAllStatuses(), address: "/field/households/h12" }),
  "household_form/saved_elsewhere": async () => {
    const phone = await readyPhone();
    await drafts.saveDraft("lan", "household:new", { head_name: "Lý Văn Hai" });
    return { phone, address: "/field/households/new?done=elsewhere" };
  },
};
