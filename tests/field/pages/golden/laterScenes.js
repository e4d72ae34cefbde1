// Golden scenes of the pages that are loaded later.

import { HAMLET, HOUSEHOLDS } from "../../../../static/field/pages/practice/hamlet.ts";
import { addCarriedFile, finishCarriedFile, listCarriedFiles } from "../../../../static/field/store/carriedFiles.ts";
import { saveDraft } from "../../../../static/field/store/drafts.ts";
import { renewCard } from "../../../../static/field/sync/card/renewal.ts";
import { CardServer, OWNER } from "../../support/cardServer.js";
import { bareList, emptyPhone, lansPhone, letLanLead, NOW, putVisit, readyPhone } from "../../support/pageHarness.js";
import { record } from "../../support/phone.js";
import { practise } from "../../support/practice.js";
import { busyPhone } from "./phones.js";

const CARRIED = "/field/carried-files";
const CARD = "/field/card";
const REMARK = {
  id: "20000000-0000-4000-8000-000000000001",
  kind: "practice",
  text: "Đi cùng",
  about_on: "2026-11-24",
};
const minutesAgo = (/** @type {number} */ minutes) => new Date(NOW.getTime() - minutes * 60_000);

async function phoneWithCard() {
  const phone = await readyPhone();
  await renewCard(OWNER, new CardServer().fetch);
  return phone;
}

/** @type {import("../golden.test.js").Scenes} */
export const LATER = {
  "carried_files/empty": async () => ({ phone: await readyPhone(), address: CARRIED }),
  "carried_files/refused": async () => ({ phone: await readyPhone(), address: CARRIED, fields: {} }),
  "carried_files/files": async () => {
    const phone = await readyPhone();
    for (const minutes of [20, 10, 5])
      await addCarriedFile(new TextEncoder().encode(`${minutes}`).buffer, minutesAgo(minutes));
    const [, delivered, refused] = await listCarriedFiles();
    await finishCarriedFile(delivered, { delivered_at: minutesAgo(1).toISOString() });
    await finishCarriedFile(refused, { code: "file_damaged" });
    return { phone, address: CARRIED };
  },
  "other_phone/of_a_supervisor": async () => {
    const phone = await readyPhone();
    phone.server.otherPhone = { name: "Máy & lạ", at: "2026-11-24T02:00:00.000Z", invited_by: "Hoàng Văn Bình" };
    phone.server.put("member", { id: "binh", name: "Hoàng Văn Bình", phone: "+84900000010" });
    await phone.sync();
    return { phone, address: "/field/other-phone" };
  },
  "moved/with_a_code": async () => {
    const phone = await readyPhone();
    phone.server.moved = { address: "https://moi.example", code: "12345678", until: "2026-12-08T02:00:00.000Z" };
    await phone.sync();
    return { phone, address: "/field/moved" };
  },
  "moved/unsent": async () => {
    const phone = await readyPhone();
    phone.server.moved = { address: "https://moi.example" };
    await phone.sync();
    await record("lan", "h12");
    return { phone, address: "/field/moved" };
  },
  "settings/usual": async () => ({ phone: await readyPhone(), address: "/field/settings" }),
  "settings/large": async () => {
    const phone = await readyPhone();
    phone.sunny = true;
    phone.textSize = "large";
    await record("lan", "h12");
    return { phone, address: "/field/settings" };
  },
  "card/new": async () => ({ phone: await readyPhone(), address: CARD }),
  "card/ready": async () => ({ phone: await phoneWithCard(), address: CARD }),
  "card/answered": async () => ({ phone: await phoneWithCard(), address: CARD, fields: { question: "1234" } }),
  "card/wrong": async () => ({ phone: await phoneWithCard(), address: CARD, fields: { question: "12" } }),
  "information/usual": async () => ({ phone: await readyPhone(), address: "/field/information" }),
  "information/of_a_household": async () => ({
    phone: await readyPhone(),
    address: "/field/information?from=/field/households/h12",
  }),
  "check/ready": async () => {
    const phone = await readyPhone();
    phone.now = new Date("2026-11-24T09:41:00.000Z");
    return { phone, address: "/field/settings/check" };
  },
  "check/not_ready": async () => {
    const phone = await readyPhone();
    await record("lan", "h12");
    phone.now = new Date(NOW.getTime() + 50 * 3_600_000);
    phone.stored = false;
    return { phone, address: "/field/settings/check" };
  },
  "month/empty": async () => ({ phone: await readyPhone(), address: "/field/month" }),
  "month/leader": async () => {
    const phone = await busyPhone();
    await saveDraft("lan", "visit:new:h12", { id: "1" });
    await letLanLead(phone);
    await phone.post("/field/remarks/new", REMARK);
    return { phone, address: "/field/month" };
  },
  "month/saved": async () => {
    const phone = await busyPhone();
    await letLanLead(phone);
    const { location } = await phone.post("/field/remarks/new", REMARK);
    return { phone, address: location };
  },
  "month/needs_met": async () => {
    const phone = await readyPhone();
    const one = (day, changes) => ({
      household_id: "h12",
      counted_on: day,
      occurred_at: `${day}T02:00:00Z`,
      ...changes,
    });
    putVisit(phone, "v1", one("2026-11-02", { recorded_by: "lan", services: [], needs: ["bills", "vietqr"] }));
    const services = [{ code: "bills", outcome: "explained", people: 1 }];
    putVisit(phone, "v2", one("2026-11-20", { recorded_by: "mai", services, dropped_needs: ["vietqr"] }));
    await phone.sync();
    return { phone, address: "/field/month" };
  },
  "month/another_first_day": async () => {
    const phone = await readyPhone();
    phone.server.monthStartDay = 15;
    await phone.sync();
    return { phone, address: "/field/month" };
  },
  "remark_form/new": async () => {
    const phone = await readyPhone();
    await letLanLead(phone);
    return { phone, address: "/field/remarks/new" };
  },
  "remark_form/errors": async () => {
    const phone = await readyPhone();
    await letLanLead(phone);
    return { phone, address: "/field/remarks/new", fields: { id: "r2", text: "Số 0912 345 678" } };
  },
  "remark_form/refused": async () => {
    const phone = await readyPhone();
    await letLanLead(phone);
    phone.server.decide = () => ({ status: "rejected", code: "leader_only", fields: [] });
    await phone.post("/field/remarks/new", REMARK);
    await phone.sync();
    return { phone, address: `/field/remarks/${REMARK.id}/edit` };
  },
  "help/contact": async () => {
    const phone = await readyPhone();
    phone.server.put("member", { id: "s1", name: "Lê Văn Xuân", phone: "+84900000077" });
    await phone.sync();
    return { phone, address: "/field/help" };
  },
  "help/usual": async () => ({ phone: await readyPhone(), address: "/field/help" }),
  "help/offline": async () => {
    Object.defineProperty(globalThis.navigator, "onLine", { value: false, configurable: true });
    return { phone: await readyPhone(), address: "/field/help" };
  },
  "practice/before_sign_in": async () => ({ phone: await emptyPhone(), address: "/field/practice" }),
  "practice/not_stored": async () => {
    const phone = await readyPhone();
    phone.canPractise = false;
    return { phone, address: "/field/practice", fields: {} };
  },
  "practice/begun": async () => {
    const phone = await practise(await readyPhone());
    const fields = { id: phone.newId(), head_name: "Hoàng Thị Sáu", hamlet_id: HAMLET.id };
    await phone.post("/field/households/new", fields);
    return { phone, address: "/field/practice?done=outside" };
  },
  "log/practised": async () => {
    const phone = await practise(await readyPhone());
    await phone.post(`/field/households/${HOUSEHOLDS[0].id}/visit`, { id: phone.newId(), result: "not_home" });
    return { phone, address: "/field/log" };
  },
  "hamlet_map/of_two": async () => {
    const phone = await busyPhone();
    phone.server.hamlets.add("tay");
    phone.server.put("hamlet", { id: "tay", name: "Thôn <Tây>" });
    phone.server.household("h7", { alley: "", house_no: "", head_name: "Vũ <b>Văn</b> Sơn" });
    phone.server.household("t1", { hamlet_id: "tay" });
    await phone.sync();
    return { phone, address: "/field/households/map" };
  },
  "hamlet_map/none": async () => ({ phone: await bareList(), address: "/field/households/map" }),
  "household/asks": async () => {
    const phone = await phoneThatAsks();
    phone.server.household("h12", { house_no: "12", head_name: "Nguyễn Văn Đức", business: "yes" });
    await phone.sync();
    return { phone, address: "/field/households/h12" };
  },
};

async function phoneThatAsks() {
  const phone = await lansPhone();
  phone.server.questions = ["smart_device", "business"];
  await phone.sync();
  return phone;
}
