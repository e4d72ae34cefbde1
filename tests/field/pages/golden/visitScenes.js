// Golden scenes: recording visits and Đã ghi.

import * as drafts from "../../../../static/field/store/drafts.ts";
import { lansPhone, putReturnedVisit, putVisit, readyPhone, visitFields } from "../../support/pageHarness.js";
import { record, save } from "../../support/phone.js";
import { busyPhone, closedPhone, phoneOfAllStatuses, revokedPhone } from "./phones.js";

/** @type {import("../golden.test.js").Scenes} */
export const VISITS = {
  "visit_form/new": async () => ({ phone: await readyPhone(), address: "/field/households/h12/visit" }),
  "visit_form/resumed": async () => {
    const phone = await readyPhone();
    await drafts.saveDraft(
      "lan",
      "visit:new:h12",
      visitFields({ note: "Cụ ông đi vắng, <hẹn>\nchiều", follow_up: "pick", follow_up_on: "2026-12-24" }),
    );
    return { phone, address: "/field/households/h12/visit" };
  },
  "ask_again/own_and_a_teammates": async () => {
    const phone = await readyPhone();
    putVisit(phone, "v1", { occurred_at: "2026-11-24T02:15:00Z" });
    await phone.sync();
    await record("lan", "h12", { result: "not_home", services: [] }, { at: "2026-11-24T02:40:00Z" });
    await phone.post("/field/households/h12/visit", visitFields({ note: "Bà <cụ> hỏi" }));
    return { phone, address: "/field/households/h12/visit/again" };
  },
  "visit_form/wrong": async () => ({
    phone: await readyPhone(),
    address: "/field/households/h12/visit",
    fields: visitFields({
      result: "",
      "outcome-vneid_install": "",
      "people-vneid_install": "0",
      note: "x".repeat(501),
      follow_up: "pick",
    }),
  }),
  "visit_edit/returned": async () => {
    const phone = await lansPhone();
    putReturnedVisit(phone, "v1", "missing_information", {
      services: [{ code: "old_service", outcome: "referred", people: 3 }],
      follow_up_on: "2026-11-25",
    });
    putVisit(phone, "v2", { occurred_at: "2026-11-20T02:00:00Z", counted_on: "2026-11-20" });
    await phone.sync();
    return { phone, address: "/field/visits/v1/edit" };
  },
  "session_form/new": async () => ({ phone: await readyPhone(), address: "/field/sessions/new" }),
  "session_form/wrong": async () => ({
    phone: await readyPhone(),
    address: "/field/sessions/new",
    fields: { id: "s1", place: "", held_on: "2027-01-01", people: "0" },
  }),
  "session_form/refused": async () => {
    const phone = await readyPhone();
    phone.server.decide = () => ({ status: "rejected", code: "hamlet_unknown", fields: ["hamlet_id"] });
    phone.server.questions = ["venue"];
    const where = { venue: "community_house", place: "Sân <trường>" };
    const fields = { id: "s1", ...where, held_on: "2026-11-23", people: "30", service: "vietqr" };
    await phone.post("/field/sessions/new", fields);
    await phone.sync();
    return { phone, address: "/field/sessions/s1/edit" };
  },
  "saved/on_phone": async () => {
    const phone = await readyPhone();
    const { data } = await record("lan", "h12", {}, { at: phone.now.toISOString() });
    return { phone, address: `/field/visits/${data.id}/saved` };
  },
  "saved/sent_last_household": async () => {
    const phone = await lansPhone();
    for (const household_id of ["h14", "h16", "h5"]) putVisit(phone, `v-${household_id}`, { household_id });
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
      putVisit(phone, `v${number}`, { recorded_by: "lan", household_id: number ? "h12" : "gone" });
    await phone.sync();
    return { phone, address: "/field/log?page=2" };
  },
  "confirm/withdraw": async () => {
    const phone = await readyPhone();
    const { data } = await record("lan", "h12", {}, { at: phone.now.toISOString() });
    return { phone, address: `/field/visits/${data.id}/withdraw` };
  },
  "confirm/moved": async () => ({ phone: await readyPhone(), address: "/field/households/h12/state/moved" }),
  "saved/signed_out": async () => {
    const phone = await readyPhone();
    const { data } = await record("lan", "h12", {}, { at: phone.now.toISOString() });
    phone.syncState = { outcome: "sign_in", progress: null };
    return { phone, address: `/field/visits/${data.id}/saved` };
  },
  "log/statuses": async () => ({ phone: await phoneOfAllStatuses(), address: "/field/log" }),
  "log/exported": async () => {
    const phone = await readyPhone();
    await record("lan", "h12", {}, { at: "2026-11-20T01:00:00Z" });
    phone.shareable = true;
    return { phone, address: "/field/log?done=exported" };
  },
  "log/signed_out": async () => {
    const phone = await readyPhone();
    await record("lan", "h12", {}, { at: "2026-11-23T01:00:00Z" });
    phone.syncState = { outcome: "sign_in", progress: null };
    return { phone, address: "/field/log" };
  },
  "saved/to_home_screen": async () => {
    const phone = await readyPhone();
    const { data } = await record("lan", "h12", {}, { at: phone.now.toISOString() });
    phone.installable = true;
    return { phone, address: `/field/visits/${data.id}/saved` };
  },
  "visit_edit/saved_elsewhere": async () => {
    const phone = await readyPhone();
    const { data } = await record("lan", "h12", {}, { at: phone.now.toISOString() });
    const { id: _id, ...values } = visitFields({ note: "Bà hỏi về mức 2" });
    await drafts.saveDraft("lan", `visit:edit:${data.id}`, values);
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
  "log/revoked": async () => ({ phone: await revokedPhone(), address: "/field/log" }),
  "log/withdrawn": async () => {
    const phone = await lansPhone();
    putVisit(phone, "v1", { recorded_by: "lan" });
    await phone.sync();
    await save("lan", "visit.withdraw", { id: "v1" }, { at: phone.now.toISOString() });
    await phone.sync();
    await save("lan", "visit.withdraw", { id: "v0" }, { at: phone.now.toISOString() });
    return { phone, address: "/field/log" };
  },
  "visit_form/come_back": async () => ({
    phone: await readyPhone(),
    address: "/field/households/h12/visit",
    fields: visitFields({ result: "come_back", service: [] }),
  }),
  "visit_page/own": async () => {
    const phone = await readyPhone();
    const services = [
      { code: "vneid_install", outcome: "did_it", people: 2 },
      { code: "file_application", outcome: "explained", people: 1 },
    ];
    const more = { follow_up_on: "2026-12-01", note: "Mã 123456789012 & <b>", needs: ["bills"] };
    const { data } = await record("lan", "h12", { services, ...more }, { at: phone.now.toISOString() });
    return { phone, address: `/field/visits/${data.id}` };
  },
  "visit_page/closed": async () => {
    const phone = await closedPhone();
    return { phone, address: "/field/visits/v1" };
  },
  "closed_record/visit": async () => ({ phone: await closedPhone(), address: "/field/visits/v1/closed" }),
  "visit_page/returned": async () => {
    const phone = await lansPhone();
    putReturnedVisit(phone, "v1", "missing_information");
    await phone.sync();
    return { phone, address: "/field/visits/v1" };
  },
  "visit_page/unsigned": async () => {
    const phone = await lansPhone();
    putVisit(phone, "v1", { recorded_by: "lan", vouched_by: "binh", disowned: false });
    await phone.sync();
    return { phone, address: "/field/visits/v1" };
  },
  "visit_page/teammate": async () => {
    const phone = await lansPhone();
    putVisit(phone, "v1", {
      household_id: "gone",
      recorded_by: "somebody",
      result: "come_back",
      services: [],
      dropped_needs: ["vietqr"],
    });
    await phone.sync();
    return { phone, address: "/field/visits/v1" };
  },
};
