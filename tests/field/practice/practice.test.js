// Tập dùng: nothing of it gets where the real records are, and its tasks are ticked by what was recorded.

import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { PRACTICE } from "../../../static/field/core/device.ts";
import { HAMLET, HOUSEHOLDS, SOUGHT } from "../../../static/field/pages/practice/hamlet.ts";
import { doneTasks, TASKS } from "../../../static/field/pages/practice/tasks.ts";
import { deletePractice, MEMBER } from "../../../static/field/retention/practice.ts";
import { listAccounts } from "../../../static/field/store/accounts.ts";
import { unsentOperations } from "../../../static/field/store/outbox.ts";
import { fieldsOf } from "../support/formFields.js";
import { json } from "../support/modelServer.js";
import { installPrivateFolder } from "../support/opfs.js";
import { readyPhone, visitFields } from "../support/pageHarness.js";
import { practise, showRealRecords } from "../support/practice.js";
import { generator } from "../support/random.js";

const ENROLLED = {
  device_id: "device-lan",
  account: { id: "lan", name: "Nguyễn Thị Lan", role: "volunteer" },
  commune_id: "yen-binh",
  hamlets: [{ id: "dong", name: "Thôn Đông" }],
  epoch: "first",
  next_seq: 1,
};
const TRIES = 500;
/** In every text that is typed in practice, and nowhere else. */
const TYPED = "ghi thử";
const CODES = ["vneid_install", "vietqr", "bills", "smartphone"];
const RESULTS = ["helped", "helped", "not_home", "come_back", "not_needed", "refused"];

let folder;
before(() => {
  folder = installPrivateFolder();
});
after(() => folder.remove());
beforeEach(async () => {
  showRealRecords();
  await folder.empty();
});

/** A person who tries everything. */
class Learner {
  constructor(phone, seed) {
    this.phone = phone;
    this.random = generator(seed);
  }

  one(list) {
    return list[Math.floor(this.random() * list.length)];
  }

  act() {
    const weights = [
      ["visit", 8],
      ["mark", 4],
      ["amend", 3],
      ["withdraw", 2],
      ["undo", 2],
      ["household", 2],
      ["request", 1],
      ["session", 1],
      ["look", 3],
      ["leave", 2],
    ];
    const bag = weights.flatMap(([name, weight]) => Array(weight).fill(name));
    return this[this.one(bag)]();
  }

  household() {
    const fields = { head_name: `${TYPED} ${this.phone.newId()}`, alley: TYPED, hamlet_id: HAMLET.id, sure: "yes" };
    return this.phone.post("/field/households/new", { id: this.phone.newId(), ...fields });
  }

  visit(household = this.one(HOUSEHOLDS).id, changes = {}) {
    const result = this.one(RESULTS);
    const service = this.one(CODES);
    const fields = { id: this.phone.newId(), result, note: TYPED };
    if (["helped", "come_back"].includes(result))
      Object.assign(fields, { service, [`outcome-${service}`]: this.one(["did_it", "explained"]) });
    if (this.random() < 0.3) fields.need = this.one(CODES);
    return this.phone.saveVisit(`/field/households/${household}/visit`, { ...fields, ...changes });
  }

  mark() {
    const fields = { id: this.phone.newId(), result: "not_home" };
    return this.phone.mark(`/field/households/${this.one(HOUSEHOLDS).id}/mark`, fields);
  }

  async own() {
    const ops = await unsentOperations(MEMBER);
    return this.one(ops.filter(({ type }) => type === "visit.record"))?.data.id;
  }

  async amend() {
    const address = `/field/visits/${await this.own()}/edit`;
    const { context, status } = await this.phone.get(address);
    if (status === 200) await this.phone.post(address, { ...fieldsOf(context), note: `${TYPED} lại` });
  }

  async withdraw() {
    await this.phone.post(`/field/visits/${await this.own()}/withdraw`, { id: this.phone.newId() });
  }

  async undo() {
    const id = await this.own();
    if (id) await this.phone.undo(id);
  }

  request() {
    const fields = { id: this.phone.newId(), kind: "view", note: TYPED };
    return this.phone.post(`/field/households/${this.one(HOUSEHOLDS).id}/request`, fields);
  }

  session() {
    const fields = { id: this.phone.newId(), hamlet_id: HAMLET.id, place: TYPED, held_on: "2026-11-24", people: "9" };
    return this.phone.post("/field/sessions/new", { ...fields, service: this.one(CODES) });
  }

  look() {
    const pages = ["", "log", "households?q=sung", "guides", "month", "settings", "households/quick", "practice"];
    return this.phone.get(`/field/${this.one(pages)}`);
  }

  /** What would send, or open an account. */
  leave() {
    const { phone } = this;
    const tries = [
      () => phone.post("/field/log/send"),
      () => phone.post("/field/log/export"),
      () => phone.post("/field/sign-in", { invite: "12345678", phone: "0900000001" }),
      () => phone.post("/field/account/sign-out"),
      () => phone.get("/field/settings/check"),
    ];
    return this.one(tries)();
  }
}

/** Everything that this phone has outside of practice, as text. */
async function realText() {
  const texts = [];
  for (const { name } of await indexedDB.databases()) {
    if (name.startsWith(PRACTICE)) continue;
    const db = await new Promise((resolve) => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => resolve(opening.result);
    });
    for (const store of db.objectStoreNames) {
      const rows = db.transaction(store).objectStore(store).getAll();
      await new Promise((resolve) => {
        rows.onsuccess = resolve;
      });
      texts.push(JSON.stringify(rows.result));
    }
    db.close();
  }
  for (const { account_id } of await listAccounts()) texts.push(...(await folder.files(account_id)).values());
  return texts.join("\n");
}

/** The real app again, with a network. */
async function leavePractice(phone, environment) {
  showRealRecords();
  phone.environment = environment;
  phone.restart();
  phone.fetch = async () => json(ENROLLED, 201);
}

test("of 500 acts of practice nothing is where the real records are, or sent, also after a sign-in", async () => {
  const phone = await readyPhone();
  const environment = phone.environment;
  await phone.saveVisit("/field/households/h12/visit", visitFields());
  const waiting = await unsentOperations("lan");
  const [requests, before] = [[...phone.server.requests], await realText()];
  phone.fetch = async (...request) => void requests.push(request);
  await practise(phone);
  const learner = new Learner(phone, 32);
  for (let count = 0; count < TRIES; count += 1) {
    phone.now = new Date(phone.now.getTime() + 1000);
    await learner.act();
  }
  const ops = await unsentOperations(MEMBER);
  assert.ok(ops.length > TRIES / 3, `only ${ops.length} operations`);
  assert.ok(new Set(ops.map(({ type }) => type)).size >= 6, [...new Set(ops.map(({ type }) => type))].join());
  assert.deepEqual([requests, phone.sent, phone.files], [phone.server.requests, [], []], "something was sent");

  await leavePractice(phone, environment);
  assert.deepEqual([await unsentOperations("lan"), await realText()], [waiting, before]);
  await phone.post("/field/sign-in", { invite: "1000 0001", phone: "0900000001" });
  await phone.sync();
  const real = [await realText(), JSON.stringify(phone.server.requests)].join("\n");
  assert.ok(real.includes(waiting[0].op_id));
  const marks = [TYPED, PRACTICE, MEMBER, HAMLET.id, HOUSEHOLDS[0].head_name, ...ops.map(({ op_id }) => op_id)];
  const found = marks.filter((mark) => real.includes(mark));
  assert.deepEqual(found, [], "practice is among the real records");
});

test("each task is done when the records say so, and not before", async () => {
  const phone = await readyPhone();
  await practise(phone);
  const learner = new Learner(phone, 1);
  const [one, two, three, four] = HOUSEHOLDS.map(({ id }) => id);
  const helped = { result: "helped", service: "vietqr", "outcome-vietqr": "explained", "people-vietqr": "1", need: [] };
  const steps = {
    not_home: () => learner.visit(one, { result: "not_home", need: [] }),
    come_back: () => learner.visit(two, { ...helped, follow_up: "pick", follow_up_on: "2026-12-01" }),
    repeat: () => learner.visit(three, helped),
    did_it: () => learner.visit(four, { ...helped, service: "bills", "outcome-bills": "did_it", "people-bills": "1" }),
    search: () => learner.visit(SOUGHT, { result: "refused", need: [] }),
    need: () => learner.visit(HOUSEHOLDS[5].id, { result: "not_needed", need: "smartphone" }),
    quick: async () => {
      for (const number of [6, 7, 8]) {
        assert.ok(!(await doneTasks(MEMBER)).has("quick"));
        await phone.mark(`/field/households/${HOUSEHOLDS[number].id}/mark`, { id: phone.newId(), result: "not_home" });
      }
    },
    amend: () => learner.amend(),
    withdraw: () => learner.withdraw(),
    household: () => learner.household(),
  };
  const done = [];
  for (const [id, step] of Object.entries(steps)) {
    assert.deepEqual([...(await doneTasks(MEMBER))].sort(), [...done].sort(), `before ${id}`);
    phone.now = new Date(phone.now.getTime() + 60_000);
    await step();
    done.push(id);
  }
  const { context } = await phone.get("/field/practice");
  assert.deepEqual([context.all_done, context.tasks.filter((task) => task.done).length], [true, TASKS.length]);
});

test("what would send, or leave the account, says that it is not there in practice", async () => {
  const phone = await readyPhone();
  await practise(phone);
  for (const address of ["/field/log/send", "/field/log/export", "/field/account/sign-out", "/field/transfer"])
    assert.equal((await phone.post(address)).location, "/field/practice?done=outside", address);
  await new Learner(phone, 1).visit(HOUSEHOLDS[0].id, { result: "not_home" });
  const { context } = await phone.get("/field/log");
  assert.deepEqual([context.queue, context.can_export, context.practised], ["", false, true]);
});

test("its end deletes what was practised, and a real account never ends it", async () => {
  const phone = await readyPhone();
  const environment = phone.environment;
  assert.equal((await phone.post("/field/practice/end")).location, "/field/practice");
  phone.canPractise = false;
  assert.match((await phone.post("/field/practice")).context.problem, /chưa có trên máy/);
  assert.deepEqual(phone.practised, []);
  phone.canPractise = true;
  await phone.post("/field/practice");
  await practise(phone);
  await new Learner(phone, 1).household();
  await phone.post("/field/practice/end");
  assert.deepEqual(phone.practised, [true, false]);
  await deletePractice();
  const names = (await indexedDB.databases()).map(({ name }) => name);
  assert.deepEqual(
    names.filter((name) => name.startsWith(PRACTICE)),
    [],
  );
  assert.equal(await readdir(join(folder.path, PRACTICE)).catch(() => null), null);
  await leavePractice(phone, environment);
  assert.equal((await phone.get("/field/")).context.name, "Nguyễn Thị Lan");
});
