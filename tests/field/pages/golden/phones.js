// Phones in states that several scenes use.

import { runSync } from "../../../../static/field/sync/engine.ts";
import { lansPhone, putReturnedVisit, putVisit, readyPhone } from "../../support/pageHarness.js";
import { LAN, newId, record, save, signIn } from "../../support/phone.js";

/** Lan's phone on a full day: something returned, something refused, a queue since yesterday, follow-ups, a teammate's visit. */
export async function busyPhone() {
  const phone = await lansPhone();
  putReturnedVisit(phone, "v1", "wrong_household");
  putVisit(phone, "v2", { household_id: "h16", occurred_at: "2026-11-20T02:00:00Z", counted_on: "2026-11-20" });
  putVisit(phone, "v3", {
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

/** Lan's phone, revoked after a visit. */
export async function revokedPhone() {
  const phone = await readyPhone();
  await record("lan", "h12", {}, { at: "2026-11-24T02:30:00Z" });
  phone.server.suspended = true;
  await phone.sync();
  return phone;
}

/** Lan's phone with a visit of every status: quarantined for each reason, dropped, approved, duplicate, sent. */
export async function phoneOfAllStatuses() {
  const phone = await lansPhone();
  const review = { state: "accepted", reason: "", field: "", note: "", at: "2026-11-23T02:00:00Z" };
  putVisit(phone, "v1", { recorded_by: "lan", review });
  putVisit(phone, "v2", { recorded_by: "lan", review: { ...review, state: "duplicate" } });
  putReturnedVisit(phone, "v3", "missing_information");
  await phone.sync();
  const codes = ["waiting", "revoked", "foreign_epoch", "newer", "op_reused", "unappliable"];
  for (const [index, code] of codes.entries()) {
    phone.server.decide = () => ({ status: "quarantined", code });
    await record("lan", "h12", {}, { at: `2026-11-24T01:0${index}:00Z` });
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

/** Lan's phone: two records that the restored server does not know, and another account under her number. */
export async function phoneWithEarlierRecords() {
  const phone = await readyPhone();
  await record("lan", "h12");
  await record("lan", "h14");
  await signIn({ ...LAN, id: "lan-2" }, { next_seq: 3 });
  await runSync("lan-2", { fetch: phone.server.fetch, now: () => new Date("2026-11-24T09:40:00.000Z") });
  return phone;
}

/** Lan's phone, which has heard that the period of one of her visits is closed, and whom to call. */
export async function closedPhone() {
  const phone = await lansPhone();
  putVisit(phone, "v1", { recorded_by: "lan" });
  phone.server.put("member", { id: "binh", name: "Hoàng Văn Bình", phone: "+84900000010" });
  const half = { first: "2026-11-01", last: "2026-11-15", closed_at: "2026-11-16T02:00:00.000Z" };
  phone.server.closedPeriods = { version: 1, periods: [half] };
  await phone.sync();
  return phone;
}
