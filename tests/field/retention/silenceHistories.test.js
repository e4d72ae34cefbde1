// Random histories of a phone that is silent for long and short: each operation is in exactly one place, each number is
// on the server or held, one start never seals, and in the end the server has everything once.
// HISTORIES=500 SEED=7 runs 500 of them, from seed 7 on.

import assert from "node:assert/strict";
import { test } from "node:test";
import { checkStorage } from "../../../static/field/retention/storageCheck.ts";
import { inAccount } from "../../../static/field/store/db.ts";
import { RESEND_WITHIN_MS } from "../../../static/field/sync/backoff.ts";
import { runSync } from "../../../static/field/sync/engine.ts";
import { decrypt, makeExportKey } from "../support/exportKey.js";
import { loseAnswers, ModelServer, unreachable } from "../support/modelServer.js";
import { all, interceptWrites, KILLED, LAN, newId, newPhone, record, signIn } from "../support/phone.js";
import { generator } from "../support/random.js";

const HISTORIES = Number(process.env.HISTORIES ?? 6);
const SEED = Number(process.env.SEED ?? 1);
const STEPS = 40;
const DAY_MS = 86_400_000;
const LIMIT = 30;
const DECISIONS = {
  no: { status: "rejected", code: "service_required", fields: ["services"] },
  later: { status: "retry" },
  strange: { status: "quarantined" },
};

class History {
  constructor(seed) {
    this.random = generator(seed);
    this.created = new Set();
    this.trace = [];
    this.time = Date.parse("2026-11-24T10:15:00.000Z");
    /** When the server was reached last, and the days since on which a start found the silence too long. */
    this.contact = this.time;
    this.silentDays = new Set();
    this.server = new ModelServer();
    this.server.decide = ({ data }) => DECISIONS[data.note] ?? null;
    for (let number = 0; number < 5; number += 1) this.server.household(`h${number}`);
  }

  pick(items) {
    return items[Math.floor(this.random() * items.length)];
  }

  now = () => new Date(this.time);

  async begin() {
    await newPhone();
    await signIn(LAN);
    this.keys = await makeExportKey(this.server);
    await this.reach(this.server.fetch);
  }

  /** The server's place for sealed queues. */
  receive = async (_address, { body }) => {
    const { content } = await decrypt(new Blob([body]), this.keys);
    const results = content.ops.map((op) => ({ op, ...this.server.process(op) }));
    const refused = results.filter(({ status }) => status === "rejected");
    const retry = results.filter(({ status }) => status === "retry").length;
    return Response.json({ proto: 1, stored: results.length - refused.length - retry, retry, refused });
  };

  async reach(fetch, deliver = this.receive) {
    const before = this.server.requests.length;
    const { outcome } = await runSync("lan", { fetch, now: this.now });
    for (const request of this.server.requests.slice(before)) this.checkHeld(request);
    const reached = ["idle", "sent"].includes(outcome);
    if (reached) [this.contact, this.silentDays] = [this.time, new Set()];
    await this.start(outcome, deliver);
  }

  /** A check, which seals only if an earlier day has found the silence too long. */
  async start(outcome, deliver = unreachable) {
    const day = new Date(this.time + 7 * 3_600_000).toISOString().slice(0, 10);
    const isSilent = Math.floor((this.time - this.contact) / DAY_MS) >= LIMIT;
    const before = await this.encryptedIds();
    await checkStorage(outcome, { fetch: deliver, now: this.now });
    const isNew = [...(await this.encryptedIds())].some((id) => !before.has(id));
    if (isNew)
      assert.ok(
        [...this.silentDays].some((one) => one < day),
        "sealed at the first start",
      );
    if (!isSilent) this.silentDays = new Set();
    else this.silentDays.add(day);
  }

  async encryptedIds() {
    const queues = (await meta("encrypted_queues")) ?? [];
    return new Set(queues.map(({ id }) => id));
  }

  /** Each number below the next one is on the server, unless it is another epoch's, or held. */
  checkHeld({ queue, epoch }) {
    if (epoch !== this.server.state.epoch) return;
    const known = new Set([...queue.held, ...this.numbers()]);
    for (let seq = 1; seq < queue.next_seq; seq += 1) assert.ok(known.has(seq), `number ${seq} counts as lost`);
  }

  /** Those that the server has. */
  numbers() {
    return [...this.server.state.ledger.keys()].map((opId) => this.seqs.get(opId));
  }

  seqs = new Map();

  /** Each operation is in exactly one place, and applied at most once. */
  async check() {
    const [queued, sent, fixes] = await Promise.all(["outbox", "sent", "fixes"].map((store) => all("lan", store)));
    const queues = (await meta("encrypted_queues")) ?? [];
    const { epoch } = this.server.state;
    const encrypted = queues.flatMap(({ ops, delivered_epoch }) => (delivered_epoch === epoch ? [] : ops));
    const found = [...queued, ...sent, ...fixes, ...encrypted].map(({ op_id }) => op_id);
    assert.equal(new Set(found).size, found.length, "an operation is in two places");
    for (const opId of this.created)
      assert.ok(found.includes(opId) || this.server.state.ledger.has(opId), "an operation is in no place");
    for (const times of this.server.applied.values()) assert.equal(times, 1);
  }

  async step() {
    const name = this.pick(Object.keys(actions));
    this.trace.push(`${new Date(this.time).toISOString()} ${name}`);
    await actions[name](this);
    await this.check();
  }

  /** Without further failures the server gets everything but what it refuses. */
  async end() {
    this.server.decide = ({ data: { note } }) => (note === "later" ? null : (DECISIONS[note] ?? null));
    for (let runs = 0; runs < 4; runs += 1) {
      await signIn(LAN);
      await this.reach(this.server.fetch);
      this.time += RESEND_WITHIN_MS;
    }
    await this.check();
    const fixes = (await all("lan", "fixes")).map(({ op_id }) => op_id);
    for (const opId of this.created)
      assert.ok(fixes.includes(opId) || this.server.state.ledger.has(opId), "an operation never arrived");
  }
}

function meta(key) {
  return inAccount("lan", ["meta"], "readonly", (tx) => tx.objectStore("meta").get(key));
}

const actions = {
  async saves(history) {
    const note = history.pick(["", "", "", "no", "later", "strange"]);
    const id = newId();
    history.created.add(id);
    const { seq } = await record(
      "lan",
      `h${Math.floor(history.random() * 5)}`,
      { note },
      { id, at: history.now().toISOString() },
    );
    history.seqs.set(id, seq);
  },
  async savesSome(history) {
    for (let number = 0; number < 4; number += 1) await actions.saves(history);
  },
  aDayPasses: (history) => void (history.time += DAY_MS),
  weeksPass: (history) => void (history.time += history.pick([10, 20, 31]) * DAY_MS),
  startsWithoutANetwork: (history) => history.reach(unreachable),
  startsOnTwoDays: async (history) => {
    await history.reach(unreachable);
    history.time += DAY_MS;
    await history.reach(unreachable);
  },
  async clockJumps(history) {
    history.time += 500 * DAY_MS;
    await history.start("offline");
    history.time -= 500 * DAY_MS;
    await history.start("offline");
  },
  reaches: (history) => history.reach(history.server.fetch),
  answerIsLost: (history) => history.reach(loseAnswers(history.server)),
  deliveryIsLost: (history) =>
    history.reach(history.server.fetch, async (...args) => {
      await history.receive(...args);
      return unreachable();
    }),
  async isKilled(history) {
    let writes = Math.floor(history.random() * 12);
    const restore = interceptWrites(() => {
      writes -= 1;
      if (writes < 0) throw KILLED;
    });
    await history
      .start("offline")
      .catch(({ name }) => assert.equal(name, "Killed"))
      .finally(restore);
  },
  async restores(history) {
    if (history.backup) history.server.restore(history.backup, `epoch ${history.trace.length}`);
    history.backup = history.server.backup();
  },
};

for (let seed = SEED; seed < SEED + HISTORIES; seed += 1) {
  test(`history ${seed}: nothing lost, nothing doubled, nothing sealed too early`, async () => {
    const history = new History(seed);
    await history.begin();
    try {
      for (let steps = 0; steps < STEPS; steps += 1) await history.step();
      await history.end();
    } catch (error) {
      throw new Error(`after:\n${history.trace.join("\n")}`, { cause: error });
    }
  });
}
