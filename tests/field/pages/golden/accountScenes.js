// Golden scenes: signing in and out, Hôm nay, errors.

import * as accounts from "../../../../static/field/store/accounts.ts";
import { StorageFull } from "../../../../static/field/store/outbox.ts";
import { json } from "../../support/modelServer.js";
import { bareList, emptyPhone, lansPhone, readyPhone } from "../../support/pageHarness.js";
import { record } from "../../support/phone.js";
import { busyPhone, phoneWithEarlierRecords, revokedPhone } from "./phones.js";

/** @type {import("../golden.test.js").Scenes} */
export const ACCOUNT = {
  "sign_in/empty": async () => ({ phone: await emptyPhone(), address: "/field/sign-in" }),
  "sign_in/wrong": async () => ({
    phone: await emptyPhone(),
    address: "/field/sign-in",
    fields: { invite: "123", phone: "" },
  }),
  "sign_in/others_unsent": async () => {
    const phone = await readyPhone();
    await record("lan", "h12");
    await accounts.closeAccount();
    return { phone, address: "/field/sign-in" };
  },
  "sign_in/again": async () => {
    const phone = await readyPhone();
    phone.syncState = { outcome: "sign_in", progress: null };
    return { phone, address: "/field/sign-in" };
  },
  "first_download/begin": async () => ({ phone: await lansPhone(), address: "/field/first-download" }),
  "first_download/half": async () => {
    const phone = await lansPhone();
    phone.syncState = { outcome: "", progress: { received: 1600, left: 400 } };
    return { phone, address: "/field/first-download" };
  },
  "first_download/offline": async () => {
    const phone = await lansPhone();
    phone.syncState = { outcome: "offline", progress: null };
    return { phone, address: "/field/first-download" };
  },
  "today/empty": async () => ({ phone: await readyPhone(), address: "/field/" }),
  "today/other_phone": async () => {
    const phone = await readyPhone();
    phone.server.otherPhone = { name: "", at: "2026-11-24T02:00:00.000Z", invited_by: "" };
    await phone.sync();
    return { phone, address: "/field/" };
  },
  "today/wrong_clock": async () => {
    const phone = await readyPhone();
    phone.clockOffset = 23 * 60_000;
    await phone.sync();
    return { phone, address: "/field/" };
  },
  "today/no_households": async () => ({ phone: await bareList(), address: "/field/" }),
  "today/busy": async () => {
    const phone = await busyPhone();
    phone.updateReady = true;
    phone.syncState = { outcome: "sign_in", progress: null };
    await phone.get("/field/log"); // whose bundle has the words for refused records
    return { phone, address: "/field/?done=updated" };
  },
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
    Object.defineProperty(phone, "updateReady", {
      get() {
        throw new StorageFull("no room");
      },
    });
    return { phone, address: "/field/" };
  },
  "today/erased": async () => {
    const phone = await readyPhone();
    phone.server.suspended = true;
    await phone.sync();
    return { phone, address: "/field/" };
  },
  "account/fixes": async () => {
    const phone = await readyPhone();
    phone.server.decide = () => ({ status: "rejected", code: "service_unknown", fields: ["services"] });
    await record("lan", "h12");
    await phone.sync();
    return { phone, address: "/field/account" };
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
  "today/earlier_records": async () => {
    const phone = await phoneWithEarlierRecords();
    await phone.get("/field/log"); // what says so is loaded
    return { phone, address: "/field/" };
  },
  "transfer/two_of_lans": async () => ({ phone: await phoneWithEarlierRecords(), address: "/field/transfer" }),
};
