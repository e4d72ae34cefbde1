// Every address, asked for while a tab practises: no page speaks of what was tried there as of a record that is sent.

import "../support/practiceWords.js";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { render as renderLater } from "../../../static/dist/field/laterTemplates.js";
import { render } from "../../../static/dist/field/templates.js";
import { HAMLET, HOUSEHOLDS } from "../../../static/field/pages/practice/hamlet.ts";
import { ROUTES as LATER } from "../../../static/field/server/laterRoutes.ts";
import { ROUTES } from "../../../static/field/server/routes.ts";
import { readyPhone } from "../support/pageHarness.js";
import { practise, showRealRecords } from "../support/practice.js";

/** What is said of records: that they wait, are sent, or that somebody has them. */
const OF_RECORDS = /chưa gửi|tự gửi|đã gửi|gửi ngay|nơi nhận|lượt vẫn còn|lưu trên máy từ|hoặc báo cán bộ/i;
/** These pages explain the app. */
const EXPLAINING = /^\/field\/(help|guides|information)/;
const DAY = "2026-11-24";
/** @type {import("../support/pageHarness.js").Phone} */
let phone;
let ids;

beforeEach(async () => {
  showRealRecords();
  phone = await practise(await readyPhone());
  Object.assign(phone, { render, renderLater });
  ids = { visit: phone.newId(), session: phone.newId(), remark: phone.newId(), request: phone.newId() };
  const [one, other] = HOUSEHOLDS;
  await phone.saveVisit(`/field/households/${one.id}/visit`, { id: ids.visit, result: "not_home" });
  await phone.saveVisit(`/field/households/${other.id}/visit`, {
    id: phone.newId(),
    result: "come_back",
    follow_up: DAY,
  });
  const session = { id: ids.session, hamlet_id: HAMLET.id, place: "Chợ", held_on: DAY, people: "9" };
  await phone.post("/field/sessions/new", { ...session, service: "vietqr" });
  await phone.post(`/field/households/${one.id}/request`, { id: ids.request, kind: "view", note: "Xem" });
  const household = { head_name: "Hoàng Thị Sáu", alley: "Ngõ 9", hamlet_id: HAMLET.id, sure: "yes" };
  await phone.post("/field/households/new", { id: phone.newId(), ...household });
});

/** The address of a route, with what was recorded in place of its parameters. */
function addressOf({ path }) {
  const address = path.source.replaceAll("\\/", "/").slice(1, -3);
  const [, kind] = /^\/field\/(\w+)s\//.exec(address) ?? [];
  const values = { id: ids[kind] ?? HOUSEHOLDS[0].id, state: "moved" };
  return address.replace(/\(\?<(\w+)>.*?\[\\w-\]\+\)/g, (_whole, name) => values[name]);
}

test("no page of practice speaks of a record, also days later", async () => {
  const routes = [...ROUTES, ...LATER].filter(({ method }) => method === "GET");
  assert.ok(routes.length > 40);
  const began = phone.now.getTime();
  const said = [];
  for (const hours of [0, 25, 80]) {
    phone.now = new Date(began + hours * 3_600_000);
    for (const route of routes) {
      const address = addressOf(route);
      assert.match(address, /^[/\w-]+$/);
      if (EXPLAINING.test(address) || address === "/field/sign-in") continue;
      const { text, html } = await phone.get(address);
      if (OF_RECORDS.test(text)) said.push(`${address}, ${hours} hours later: ${OF_RECORDS.exec(text)[0]}`);
      if (/href="\/field\/sign-in/.test(html)) said.push(`${address} leads to the sign-in page`);
    }
  }
  assert.deepEqual(said, []);
});
