// One evening on one phone: what Lan and Nam type, save and send there, and what the server decides meanwhile.

import assert from "node:assert/strict";
import { render as renderLater } from "../../../static/dist/field/laterTemplates.js";
import { render } from "../../../static/dist/field/templates.js";
import { clearErased } from "../../../static/field/retention/erasedHouseholds.ts";
import { ACCOUNT_HEADER } from "../../../static/field/server/interceptRequests.ts";
import { currentAccount } from "../../../static/field/store/accounts.ts";
import { inAccount } from "../../../static/field/store/db.ts";
import { saveDraft } from "../../../static/field/store/drafts.ts";
import { REPLICA_STORES } from "../../../static/field/store/schema.ts";
import { newerBuild, OLDER } from "./builds.js";
import { DECISIONS, HAMLET, HOUSEHOLDS } from "./decisions.js";
import { json, ModelServer } from "./modelServer.js";
import { readyPhone } from "./pageHarness.js";
import { all, LAN, NAM } from "./phone.js";

const STORES = [...REPLICA_STORES, "outbox", "fixes", "sent", "drafts", "pages", "meta"];
const VISIT = { result: "helped", service: "vietqr", "outcome-vietqr": "did_it", "people-vietqr": "1" };
const PEOPLE = { lan: LAN, nam: NAM };

/** The action, draft and hidden fields of the form on a page, as a browser sends them; null without a form. */
function formOn({ status, template, html }) {
  if (status !== 200 || !/^field.visit_(form|edit).html$/.test(template)) return null;
  const fields = {};
  for (const [tag] of html.slice(html.indexOf("data-draft")).matchAll(/<input type="hidden"[^>]*>/g)) {
    fields[/ name="([^"]*)"/.exec(tag)[1]] = / value="([^"]*)"/.exec(tag)?.[1] ?? "";
  }
  return { fields, key: /data-draft="([^"]*)"/.exec(html)[1], address: /action="([^"]*)" novalidate/.exec(html)[1] };
}

export class Evening {
  constructor(dice) {
    /** What each person has typed and not thrown away, and the forms that are open in some tab. */
    Object.assign(this, { dice, count: 0, typed: { lan: new Set(), nam: new Set() }, open: new Map() });
    this.closed = new Set();
    /** By what was typed, the households that it is of. */
    this.places = new Map();
  }

  async begin() {
    this.phone = Object.assign(await readyPhone(), { render, renderLater });
    this.servers = { lan: this.phone.server, nam: new ModelServer({ hamlets: ["tay"] }) };
    Object.assign(this.servers.nam, { author: "nam" });
    for (const id of HOUSEHOLDS.nam) this.servers.nam.household(id, { hamlet_id: "tay", house_no: id.slice(1) });
    for (const { kind, row } of this.servers.lan.state.rows.values())
      if (["service", "hamlet"].includes(kind)) this.servers.nam.put(kind, row);
    for (const server of Object.values(this.servers))
      server.decide = ({ type, data }) =>
        type !== "visit.record" && this.closed.has(data.id)
          ? { status: "rejected", code: "period_closed", fields: [] }
          : null;
    this.phone.fetch = (_address, { method, body }) => this.answerSignIn(method, body);
    this.builds = [OLDER, await newerBuild()];
    this.startPage();
  }

  pick(list) {
    return list[Math.floor(this.dice() * list.length)];
  }

  /** The page is loaded, in the build that is active. */
  startPage() {
    const { later, createServer } = this.builds[0];
    const env = this.phone.environment();
    const show = (draw) => (template, context) => {
      this.phone.rendered = { template, context };
      return draw(template, context);
    };
    env.loadLater = async () => ({ ...later, env: undefined, render: show(renderLater) });
    this.phone.handle = createServer(env, show(render));
    this.handle = this.phone.handle;
  }

  async reader() {
    return (await currentAccount())?.account_id;
  }

  drafts(who) {
    return inAccount(who, ["drafts"], "readonly", (tx) => tx.objectStore("drafts").getAll());
  }

  async operations(who) {
    return (await Promise.all(["outbox", "sent", "fixes"].map((store) => all(who, store)))).flat();
  }

  /** What the server has, applied, quarantined or late. */
  received(who) {
    const { requests, state } = this.servers[who];
    return requests.flatMap(({ ops }) => ops.filter(({ op_id }) => state.ledger.has(op_id)));
  }

  /** Types in the form on a page, which is stored at once. */
  async typeOn(who, { address, key, fields, handle = this.handle }) {
    this.count += 1;
    const note = `lượt ${this.count}`;
    const before = (await this.drafts(who)).find((one) => one.key === key)?.values.note;
    const content = { ...fields, ...VISIT, note };
    await saveDraft(who, key, content);
    this.typed[who].delete(String(before)); // typed over by the person
    this.typed[who].add(note);
    this.places.set(note, key.startsWith("visit:new:") ? key.slice("visit:new:".length) : content.household_id);
    this.open.set(`${who} ${key}`, { who, address, key, fields: content, handle });
  }

  /** Types into the form of a household, which shows what was begun there. */
  async type() {
    const who = await this.reader();
    const form = who && formOn(await this.phone.get(`/field/households/${this.pick(HOUSEHOLDS[who])}/visit`));
    if (form) await this.typeOn(who, form);
  }

  /** Corrects a recorded visit. */
  async edit() {
    const who = await this.reader();
    const { visits } = who ? await this.builds[0].loadView(who) : { visits: new Map() };
    const own = [...visits.values()].filter(({ recorded_by }) => recorded_by === who);
    const form = own.length && formOn(await this.phone.get(`/field/visits/${this.pick(own).id}/edit`));
    if (form) await this.typeOn(who, form);
  }

  /** Goes on typing in a form of some tab, also one of somebody who has signed out since. */
  async typeMore() {
    const form = this.pick([...this.open.values()]);
    if (!form) return;
    const isSaved = (await this.operations(form.who)).some(({ op_id }) => op_id === form.fields.id);
    if (!isSaved) await this.typeOn(form.who, form); // else its tab has followed the record
  }

  /** Lưu in a form of some tab. */
  async save() {
    const form = this.pick([...this.open.values()]);
    if (!form) return;
    this.open.delete(`${form.who} ${form.key}`);
    await this.post(form, form.address, form.fields);
  }

  async post(form, address, fields) {
    const before = await this.operations(form.who);
    const { status, location, text } = await this.send(form, address, fields);
    if ((await this.reader()) !== form.who) {
      return assert.ok(status === 409 || location === "/field/sign-in", `saved in the name of another: ${location}`);
    }
    assert.match(location, /^\/field\/(visits|households)\/[\w-]+\/(saved|visit\/again)$/, `${status} ${text}`);
    if (location.endsWith("/again")) return this.pick([true, false]) && this.answerAgain(form, location);
    // What was refused of the visit is replaced by what she has typed over it.
    const left = new Set((await this.operations(form.who)).map(({ op_id }) => op_id));
    for (const { op_id, data } of before) if (!left.has(op_id)) this.typed[form.who].delete(data.note);
  }

  async answerAgain(form, location) {
    const { context } = await this.phone.get(location);
    const fields = Object.fromEntries(context.fields.map(({ name, value }) => [name, value]));
    await this.post(form, context.action, fields);
  }

  async send({ who, handle }, address, fields) {
    const init = { method: "POST", headers: { [ACCOUNT_HEADER]: who }, body: new URLSearchParams(fields) };
    this.phone.handle = handle;
    const answer = await this.phone.request(new Request(`http://phone${address}`, init));
    this.phone.handle = this.handle;
    return answer;
  }

  /** Finishes a draft from the list. */
  async finish() {
    const who = await this.reader();
    const { html } = await this.phone.get("/field/");
    const links = [...html.matchAll(/href="(\/field\/(?:households\/[\w-]+\/visit|visits\/[\w-]+\/edit))"/g)];
    const page = links.length && (await this.phone.get(this.pick(links)[1]));
    const form = page && formOn(page);
    const draft = form && (await this.drafts(who)).find(({ key }) => key === form.key);
    if (draft)
      await this.post({ who, handle: this.handle, ...form }, form.address, { ...draft.values, ...form.fields });
  }

  async sync() {
    const who = await this.reader();
    const { fetch } = this.servers[who] ?? {};
    if (fetch) await this.builds[0].runSync(who, { fetch, now: () => this.phone.now });
  }

  decide() {
    const who = this.pick(Object.keys(this.servers));
    this.pick(DECISIONS)(this.servers[who], who, this.pick(HOUSEHOLDS[who]));
  }

  /** The commune erases a household that is not merged. */
  erase() {
    const who = this.pick(Object.keys(this.servers));
    const server = this.servers[who];
    const id = this.pick(HOUSEHOLDS[who].slice(0, -1));
    if (!server.erased.has(id) && !server.state.merged.has(id)) server.erase(id, HAMLET[who]);
  }

  /** What was typed at a household that is erased: it may go. */
  isErased(who, note) {
    return this.servers[who].erased.has(this.places.get(note));
  }

  /** The person of this phone has heard of every erasure: nothing of it is left or stuck. */
  async assertErasedIsCleared(who, order) {
    for (let run = 0; run < 2; run += 1) {
      await this.sync();
      await clearErased(who, this.phone.now);
    }
    const stored = JSON.stringify(await Promise.all(STORES.map((store) => all(who, store))));
    const left = [...this.places.keys()].filter((note) => this.isErased(who, note) && stored.includes(`"${note}"`));
    assert.deepEqual(left, [], `is left of ${who}: ${order.join(", ")}`);
  }

  /** The period of everything that counts so far is closed, or opened again. */
  closePeriod() {
    const rows = Object.values(this.servers).flatMap(({ state }) => [...state.rows.values()]);
    const ids = rows.flatMap(({ kind, row }) => (kind === "visit" ? [row.id] : []));
    this.closed = new Set(this.closed.size ? [] : ids);
  }

  /** Drafts are named, and asked about once; the person signs out, or keeps them. */
  async signOut() {
    const who = await this.reader();
    if (!who) return;
    const drafts = await this.drafts(who);
    const asked = await this.send({ who, handle: this.handle }, "/field/account/sign-out", {});
    if (asked.status === 422) return;
    if (drafts.length) {
      assert.equal(asked.template, "field/confirm.html", "signed out without a word on what was begun");
      assert.equal(asked.context.id.split(" ").length, drafts.length, "a draft is not named");
      if (this.pick([true, false])) return;
      const form = { who, handle: this.handle };
      assert.equal((await this.send(form, "/field/account/sign-out", { id: asked.context.id })).status, 303);
    }
    for (const { values } of drafts) this.typed[who].delete(String(values.note));
    assert.equal(await this.reader(), undefined);
  }

  /** The person who is signed out, or a second one: each with a new code. */
  async signIn(who = this.pick(Object.keys(PEOPLE))) {
    const fields = { invite: "10000001", phone: PEOPLE[who].phone };
    assert.equal((await this.phone.post("/field/sign-in", fields)).location, "/field/first-download");
    await this.sync();
  }

  async answerSignIn(method, body) {
    if (method === "DELETE") return new Response(null, { status: 204 });
    const who = JSON.parse(body).phone === NAM.phone ? "nam" : "lan";
    const { epoch, next_seq } = this.servers[who].state;
    this.servers[who].suspended = false; // another device
    const { id, name, hamlets } = PEOPLE[who];
    const account = { id, name, role: "volunteer" };
    const commune = { commune_id: "yen-binh", commune_name: "Xã Yên Bình" };
    return json({ device_id: `device-${who}`, account, ...commune, hamlets, epoch, next_seq }, 201);
  }

  /** [Cập nhật]: this tab is loaded again with the other build; the forms of other tabs stay as they are. */
  async update() {
    if (!(await this.reader())) return;
    assert.equal((await this.phone.post("/field/update")).location, "/field/");
    this.builds.reverse();
    await this.openPage();
  }

  /** The browser is closed and opened. */
  async close() {
    this.open.clear();
    await this.openPage();
  }

  async openPage() {
    this.startPage();
    await this.builds[0].recover();
    await this.builds[0].clearSignedOut();
  }

  async assertNothingIsLost(order) {
    const open = await this.reader();
    const { html } = open ? await this.phone.get("/field/") : { html: "" };
    for (const who of Object.keys(PEOPLE)) {
      const known = [...(await this.operations(who)), ...this.received(who)].map(({ data }) => data?.note);
      const drafts = new Map((await this.drafts(who)).map(({ key, values }) => [String(values.note), key]));
      const sent = this.servers[who].requests.flatMap(({ ops }) => ops.map(({ data }) => data.household_id));
      assert.ok(!sent.includes("erased"), `is stuck of ${who}: ${order.join(", ")}`);
      for (const note of this.typed[who]) {
        if (known.includes(note) || this.isErased(who, note)) continue;
        assert.ok(drafts.has(note), `${note} of ${who} is nowhere: ${order.join(", ")}`);
        const [, mode, id] = drafts.get(note).split(":");
        const href = mode === "new" ? `/field/households/${id}/visit` : `/field/visits/${id}/edit`;
        if (who === open) assert.ok(html.includes(href), `${note} of ${who} is not listed: ${order.join(", ")}`);
      }
    }
    const listed = html.slice(html.indexOf("Đang ghi dở"));
    for (const [, href] of listed.matchAll(/href="(\/field\/(?:households\/[\w-]+\/visit|visits\/[\w-]+\/edit))"/g))
      assert.equal((await this.phone.get(href)).status, 200, `${href} does not open: ${order.join(", ")}`);
  }
}
