// Whatever is typed at a door is an operation of this phone or a listed draft, in every order of typing, saving, sending and
// what the server decides meanwhile. UNSAVED=2000 runs so many orders.

import assert from "node:assert/strict";
import { test } from "node:test";
import { render as renderLater } from "../../../static/dist/field/laterTemplates.js";
import { render } from "../../../static/dist/field/templates.js";
import { inAccount } from "../../../static/field/store/db.js";
import { saveDraft } from "../../../static/field/store/drafts.js";
import { readyPhone } from "../support/pageHarness.js";
import { all } from "../support/phone.js";
import { generator } from "../support/random.js";

const ORDERS = Number(process.env.UNSAVED ?? 25);
const FIRST = Number(process.env.SEED ?? 1);
const STEPS = 30;
const HOUSEHOLDS = ["h12", "h14", "h16"];
const VISIT = { result: "helped", service: "vietqr", "outcome-vietqr": "did_it", "people-vietqr": "1" };

/** What the server decides; the phone hears of it at its next exchange. */
const DECISIONS = [
  ({ server }) => (server.hamlets = new Set(["tay"])),
  ({ server }) => (server.hamlets = new Set(["dong"])),
  ({ server }) => server.hamlets.clear(),
  ({ server }) => (server.suspended = true),
  ({ server }) => (server.suspended = false),
  ({ server }, id) => server.tombstone("household", id, "dong"),
  ({ server }, id) => server.household(id, { house_no: id.slice(1) }),
  ({ server }, id) => id !== "h16" && server.tombstone("household", id, "dong", "h16"),
];

/** The fields of the form on a page, as a browser sends them; null without a form. */
function fieldsOn({ status, template, html }) {
  if (status !== 200 || template !== "field/visit_form.html") return null;
  const fields = {};
  for (const [tag] of html.slice(html.indexOf("data-draft")).matchAll(/<input type="hidden"[^>]*>/g)) {
    fields[/ name="([^"]*)"/.exec(tag)[1]] = / value="([^"]*)"/.exec(tag)?.[1] ?? "";
  }
  return fields;
}

class Evening {
  constructor(phone, dice) {
    Object.assign(this, { phone, dice, typed: new Set(), open: new Map() });
  }

  pick(list) {
    return list[Math.floor(this.dice() * list.length)];
  }

  /** Types into the form of a household, which shows what was begun there. */
  async type() {
    const id = this.pick(HOUSEHOLDS);
    const page = await this.phone.get(`/field/households/${id}/visit`);
    const fields = fieldsOn(page);
    if (!fields) return;
    const key = /data-draft="([^"]*)"/.exec(page.html)[1];
    const address = /action="([^"]*)" novalidate/.exec(page.html)[1];
    const note = `lượt ${this.typed.size + 1}`;
    this.typed.add(note);
    this.typed.delete(String((await this.drafts()).find((one) => one.key === key)?.values.note)); // typed over by herself
    const content = { ...fields, ...VISIT, note };
    await saveDraft("lan", key, content);
    this.open.set(key, { address, content });
  }

  /** Lưu in a form that is open since. */
  async save() {
    const key = this.pick([...this.open.keys()]);
    if (!key) return;
    const { address, content } = this.open.get(key);
    this.open.delete(key);
    const { status, text } = await this.phone.post(address, content);
    assert.equal(status, 303, text);
  }

  /** Finishes a draft from the list. */
  async finish() {
    const { html } = await this.phone.get("/field/");
    const href = this.pick([...html.matchAll(/href="(\/field\/households\/\w+\/visit)"/g)].map(([, found]) => found));
    const page = href && (await this.phone.get(href));
    const draft = page && (await this.drafts()).find(({ key }) => page.html.includes(`data-draft="${key}"`));
    if (!draft) return;
    const address = /action="([^"]*)" novalidate/.exec(page.html)[1];
    assert.equal((await this.phone.post(address, { ...draft.values, ...fieldsOn(page) })).status, 303);
  }

  sync() {
    return this.phone.sync();
  }

  decide() {
    this.pick(DECISIONS)(this.phone, this.pick(HOUSEHOLDS));
  }

  /** The browser is closed. */
  close() {
    this.open.clear();
  }

  drafts() {
    return inAccount("lan", ["drafts"], "readonly", (tx) => tx.objectStore("drafts").getAll());
  }

  async assertNothingIsLost(order) {
    const stores = await Promise.all(["outbox", "sent", "fixes"].map((store) => all("lan", store)));
    const operations = new Set(stores.flat().map(({ data }) => data?.note));
    const drafts = new Map((await this.drafts()).map(({ key, values }) => [String(values.note), key]));
    const { html } = await this.phone.get("/field/");
    for (const note of this.typed) {
      if (operations.has(note)) continue;
      assert.ok(drafts.has(note), `${note} is nowhere: ${order.join(", ")}`);
      const id = drafts.get(note).split(":")[2];
      assert.ok(html.includes(`/field/households/${id}/visit`), `${note} is not listed: ${order.join(", ")}`);
    }
  }
}

const MOVES = ["type", "type", "type", "save", "save", "finish", "sync", "sync", "decide", "decide", "close"];

for (let seed = FIRST; seed < FIRST + ORDERS; seed += 1) {
  test(`what was typed is saved or listed: seed ${seed}`, async () => {
    const phone = await readyPhone();
    Object.assign(phone, { render, renderLater });
    const evening = new Evening(phone, generator(seed));
    const order = [];
    for (let step = 0; step < STEPS; step += 1) {
      const act = evening.pick(MOVES);
      order.push(act);
      await evening[act]();
      await evening.assertNothingIsLost(order);
    }
  });
}
