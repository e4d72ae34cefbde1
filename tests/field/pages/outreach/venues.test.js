// At what kind of place a session or a shift was, where the commune wants to know it.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import * as outbox from "../../../../static/field/store/outbox.ts";
import { readyPhone } from "../../support/pageHarness.js";

const FORM = "/field/sessions/new";
const ID = "20000000-0000-4000-8000-000000000001";
const FIELDS = { id: ID, place: "Nhà văn hóa", held_on: "2026-11-24", service: ["vietqr"], people: "30" };
/** @type {import("../../support/pageHarness.js").Phone} */
let phone;

const dataOf = async () => (await outbox.queuedOperations("lan")).map(({ data }) => data);
const venuesOf = async (address) => (await phone.get(address)).context.venues;

async function ask(...questions) {
  phone.server.questions = questions;
  await phone.sync();
}

beforeEach(async () => {
  phone = await readyPhone();
});

test("it is asked for only where the commune wants it", async () => {
  assert.deepEqual(await venuesOf(FORM), []);
  await ask("smart_device");
  assert.deepEqual(await venuesOf(FORM), []);
  await ask("smart_device", "venue");
  const venues = await venuesOf(FORM);
  assert.deepEqual(
    venues.map(({ code, chosen }) => [code, chosen]),
    [
      ["one_stop_centre", false],
      ["community_house", false],
      ["market", false],
      ["other", false],
    ],
  );
});

test("it may stay unsaid, and a place is then named", async () => {
  await ask("venue");
  await phone.post(FORM, FIELDS);
  assert.equal("venue" in (await dataOf())[0], false);
  const { status, context } = await phone.post(FORM, { ...FIELDS, id: "other", venue: "other", place: "" });
  assert.deepEqual([status, context.place_error], [422, "Ghi nơi tổ chức."]);
  assert.deepEqual(
    context.venues.filter(({ chosen }) => chosen).map(({ code }) => code),
    ["other"],
  );
});

test("a shift needs no name of its place, and is shown as it was recorded", async () => {
  await ask("venue");
  await phone.post(FORM, { ...FIELDS, venue: "market", place: " " });
  const [data] = await dataOf();
  assert.deepEqual([data.venue, data.place], ["market", "Chợ"]);
  await phone.sync();
  await ask();
  const edit = `/field/sessions/${ID}/edit`;
  const chosen = (await venuesOf(edit)).filter(({ chosen }) => chosen).map(({ code }) => code);
  assert.deepEqual(chosen, ["market"]);
  const { context } = await phone.get(edit);
  await phone.post(context.action, { ...FIELDS, id: context.id, venue: "other", place: "Sân đình" });
  const [changed] = await dataOf();
  assert.deepEqual([changed.venue, changed.place, changed.base_version], ["other", "Sân đình", 1]);
});

test("a venue that there is not is not sent", async () => {
  await ask("venue");
  await phone.post(FORM, { ...FIELDS, venue: "home" });
  assert.equal("venue" in (await dataOf())[0], false);
});
