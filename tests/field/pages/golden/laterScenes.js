// Golden scenes of the pages that are loaded later.

import { addCarriedFile, finishCarriedFile, listCarriedFiles } from "../../../../static/field/carried/store.js";
import { inRegistry } from "../../../../static/field/store/db.js";
import { saveDraft } from "../../../../static/field/store/drafts.js";
import { NOW, readyPhone } from "../../support/pageHarness.js";
import { record } from "../../support/phone.js";
import { busyPhone } from "./phones.js";

const CARRIED = "/field/carried-files";
const minutesAgo = (/** @type {number} */ minutes) => new Date(NOW.getTime() - minutes * 60_000);

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
  "settings/usual": async () => ({ phone: await readyPhone(), address: "/field/settings" }),
  "settings/large": async () => {
    const phone = await readyPhone();
    phone.sunny = true;
    phone.textSize = "large";
    await record("lan", "h12");
    return { phone, address: "/field/settings" };
  },
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
    await inRegistry("readwrite", async (tx) => {
      const accounts = tx.objectStore("accounts");
      await accounts.put({ ...(await accounts.get("lan")), role: "leader" });
    });
    return { phone, address: "/field/month" };
  },
  "help/contact": async () => {
    const phone = await readyPhone();
    phone.server.put("member", { id: "s1", name: "Lê Văn Xuân", phone: "+84900000077" });
    await phone.sync();
    return { phone, address: "/field/help" };
  },
  "help/usual": async () => ({ phone: await readyPhone(), address: "/field/help" }),
};
