// Random histories of a phone, its network and its server. At every moment created = sent ∪ outbox ∪ fixes ∪ discarded,
// each operation is applied once, and in the end everything has been sent.
// HISTORIES=500 SEED=7 runs 500 of them, from seed 7 on.

import assert from "node:assert/strict";
import { test } from "node:test";
import { inAccount } from "../../../static/field/store/db.ts";
import * as outbox from "../../../static/field/store/outbox.ts";
import { loadView } from "../../../static/field/store/view/replica.ts";
import { RESEND_WITHIN_MS } from "../../../static/field/sync/backoff.ts";
import { runSync } from "../../../static/field/sync/engine.ts";
import { json, loseAnswers, ModelServer, unreachable } from "../support/modelServer.js";
import { watchOverlaps } from "../support/overlaps.js";
import {
  all,
  DONG,
  interceptWrites,
  KILLED,
  LAN,
  minute,
  NAM,
  newId,
  newPhone,
  record,
  replica,
  save,
  signIn,
  switchAccount,
  TAY,
} from "../support/phone.js";
import { generator } from "../support/random.js";
import { assertReturnsListed, assertReturnsOnScreen, returnAVisit } from "../support/returns.js";

const HISTORIES = Number(process.env.HISTORIES ?? 3);
const SEED = Number(process.env.SEED ?? 1);
const STEPS = 60;
/** Operations in a request: with small batches most runs have a request on its way while an answer is stored. */
const BATCHES = [1, 2, 3, undefined];
/** What was acknowledged before a restore is sent again some steps later. */
const STEP_MS = 120_000;
const BEGIN = Date.parse("2026-11-24T10:15:00.000Z");

class History {
  constructor(seed) {
    this.random = generator(seed);
    /** What decides about the desk, so that the rest of the history does not depend on it. */
    this.deskRandom = generator(seed + 1_000_000);
    this.created = new Map(["lan", "nam"].map((who) => [who, new Set()]));
    this.visits = new Map(["lan", "nam"].map((who) => [who, []]));
    this.servers = new Map([
      ["lan", new ModelServer({ hamlets: ["dong", "tay"], pageRows: 7 })],
      ["nam", new ModelServer({ pageRows: 7 })],
    ]);
    this.withdrawn = new Set();
    this.delayed = [];
    this.backups = new Map();
    this.trace = [];
    this.time = 0;
    /** How many milliseconds have passed. */
    this.passed = 0;
    this.now = () => new Date(BEGIN + this.passed);
    for (const [who, server] of this.servers) {
      server.author = who;
      for (let number = 0; number < 20; number += 1) server.household(`h${number}`);
      server.decide = ({ data }) => decisions[data.note ?? data.alley] ?? null;
    }
  }

  pick(items) {
    return items[Math.floor(this.random() * items.length)];
  }

  get server() {
    return this.servers.get(this.who);
  }

  async begin() {
    await newPhone();
    await signIn(NAM);
    await signIn({ ...LAN, hamlets: [DONG, TAY] });
    this.who = "lan";
  }

  async step() {
    const name = this.pick(Object.keys(actions));
    this.trace.push(`${this.who} ${name}`);
    await actions[name](this);
    this.passed += STEP_MS;
    if (this.deskRandom() < 0.3) returnAVisit(this);
    for (const who of this.created.keys()) await this.check(who);
  }

  /** Every operation is in exactly one store, and what is shown as sent is on the server. */
  async check(who) {
    const [queued, sent, fixes] = await Promise.all(["outbox", "sent", "fixes"].map((store) => all(who, store)));
    const discarded =
      (await inAccount(who, ["meta"], "readonly", (tx) => tx.objectStore("meta").get("discarded"))) ?? [];
    const found = [...queued, ...sent, ...fixes, ...discarded];
    assert.deepEqual(found.map(({ op_id }) => op_id).sort(), [...this.created.get(who)].sort());
    assert.deepEqual(
      found.map(({ seq }) => seq).sort((one, other) => one - other),
      found.map((_, index) => index + 1),
    );
    const { invented, state } = this.servers.get(who);
    const { epoch, ledger, applied } = state;
    assert.deepEqual(invented, [], "a version that it never had");
    for (const op of sent)
      assert.ok(op.acked_epoch !== epoch || ledger.has(op.op_id), "called sent, and not on the server");
    for (const times of applied.values()) assert.equal(times, 1);
    const { visits } = await loadView(who);
    const own = [...queued, ...fixes].filter(
      ({ type, data }) => type === "visit.record" && !this.withdrawn.has(data.id),
    );
    for (const { data } of own) assert.ok(visits.has(data.id), "saved, and not on screen");
    await assertReturnsOnScreen(who, visits);
  }

  /** Without further failures everything is sent. */
  async end() {
    for (const [who, server] of this.servers) {
      this.trace.push(`${who} ends`);
      await signIn(who === "lan" ? { ...LAN, hamlets: [DONG, TAY] } : NAM);
      const decide = server.decide;
      server.decide = (op) => (decide(op)?.status === "retry" ? null : decide(op));
      server.refuse = () => null;
      for (let runs = 0; runs < 3; runs += 1) {
        await runSync(who, { fetch: server.fetch, now: this.now, batch: 2 });
        this.passed += RESEND_WITHIN_MS;
      }
      await this.check(who);
      assert.deepEqual(await all(who, "outbox"), [], "the queue is empty");
      for (const { op_id } of await all(who, "sent"))
        assert.ok(server.state.ledger.has(op_id), "called sent, and lost by a restore");
      for (const kind of ["household", "visit"]) await assertSameRows(who, server, kind);
      await assertReturnsListed(who, server);
    }
  }

  async sync(fetch) {
    const batch = BATCHES[this.trace.length % BATCHES.length];
    const { watched, overlaps } = watchOverlaps(fetch);
    await runSync(this.who, { fetch: watched, now: this.now, batch, locks: this.pick([undefined, navigator.locks]) });
    assert.equal(overlaps(), 0, "two requests of a run at once");
  }
}

/** The servers' results by the note of a visit or the alley of a household. */
const decisions = {
  no: { status: "rejected", code: "service_required", fields: ["services"] },
  later: { status: "retry" },
  strange: { status: "quarantined" },
  beaten: { status: "conflict", code: "conflict", fields: ["alley"] },
};

const actions = {
  async saves(history) {
    const note = history.pick(["", "", "", "", "no", "later", "strange"]);
    const rest = { id: newId(), at: minute((history.time += 1)) };
    history.created.get(history.who).add(rest.id);
    const { data } = await record(history.who, `h${Math.floor(history.random() * 20)}`, { note }, rest);
    history.visits.get(history.who).push(data);
    if (history.random() < 0.3) await save(history.who, "visit.record", data, rest);
  },
  async amends(history) {
    const visit = history.pick(history.visits.get(history.who));
    if (!visit) return;
    const id = newId();
    history.created.get(history.who).add(id);
    await save(
      history.who,
      "visit.amend",
      { ...visit, note: "", base_version: 1 },
      { id, at: minute((history.time += 1)) },
    );
  },
  async editsAHousehold(history) {
    const id = newId();
    history.created.get(history.who).add(id);
    const data = { id: `h${Math.floor(history.random() * 20)}`, base_version: 1, alley: history.pick(["", "beaten"]) };
    await save(history.who, "household.amend", data, { id, at: minute((history.time += 1)) });
  },
  async withdraws(history) {
    const visit = history.pick(history.visits.get(history.who));
    if (!visit) return;
    const id = newId();
    history.created.get(history.who).add(id);
    history.withdrawn.add(visit.id);
    await save(history.who, "visit.withdraw", { id: visit.id }, { id, at: minute((history.time += 1)) });
  },
  async discards(history) {
    const fix = history.pick(await outbox.refusedOperations(history.who));
    if (fix) await outbox.discardRefused(history.who, fix.op_id);
  },
  syncs: (history) => history.sync(history.server.fetch),
  offline: (history) => history.sync(unreachable),
  answerIsLost: (history) => history.sync(loseAnswers(history.server)),
  captivePortal: (history) => history.sync(async () => new Response("<html>Wi-Fi</html>")),
  badGateway: (history) => history.sync(async () => new Response("<html>502</html>", { status: 502 })),
  signedOut: (history) => history.sync(async () => json({ proto: 1, error: "sign_in" }, 401)),
  async answerIsCutOff(history) {
    await history.sync(async (...args) => {
      const text = await (await history.server.fetch(...args)).text();
      return new Response(text.slice(0, Math.floor(history.random() * text.length)));
    });
  },
  async resultsAreMissing(history) {
    await history.sync(async (...args) => {
      const body = await (await history.server.fetch(...args)).json();
      return json({ ...body, results: body.results.filter(() => history.random() < 0.5) });
    });
  },
  async sendsTwice(history) {
    await history.sync(async (...args) => {
      await history.server.fetch(...args);
      return history.server.fetch(...args);
    });
  },
  async requestIsDelayed(history) {
    const { server } = history;
    await history.sync(async (...args) => {
      history.delayed.push(() => server.fetch(...args));
      return unreachable();
    });
  },
  async delayedRequestArrives(history) {
    await history.delayed.shift()?.();
  },
  async isKilled(history) {
    let writes = Math.floor(history.random() * 30);
    const restore = interceptWrites(() => {
      writes -= 1;
      if (writes < 0) throw KILLED;
    });
    await history
      .sync(history.server.fetch)
      .catch(({ name }) => assert.equal(name, "Killed"))
      .finally(restore);
  },
  async serverRefusesRequests(history) {
    history.server.refuse = ({ ops }) => ops.some(({ seq }) => seq % 11 === 5) && { status: 422, error: "invalid" };
    await history.sync(history.server.fetch);
    history.server.refuse = () => null;
  },
  async runsTwice(history) {
    await Promise.all([history.sync(history.server.fetch), history.sync(history.server.fetch)]);
  },
  async otherAccountSignsIn(history) {
    history.who = history.who === "lan" ? "nam" : "lan";
    await signIn(history.who === "lan" ? { ...LAN, hamlets: [DONG, TAY] } : NAM);
  },
  async otherAccountSignsInDuringARun(history) {
    const { who, server } = history;
    const before = server.requests.length;
    await history.sync(async (...args) => {
      const response = await server.fetch(...args);
      await switchAccount(who === "lan" ? "nam" : "lan");
      return response;
    });
    assert.ok(server.requests.length <= before + 1, "sent under another account");
    await switchAccount(who);
  },
  async deskChangesARow(history) {
    history.server.household(`h${Math.floor(history.random() * 20)}`, { house_no: String(history.time) });
  },
  async isReassigned(history) {
    history.server.hamlets = new Set(history.pick([["dong"], ["dong", "tay"]]));
  },
  async backsUp(history) {
    history.backups.set(history.who, history.server.backup());
  },
  async restores(history) {
    const backup = history.backups.get(history.who);
    if (backup) history.server.restore(backup, `epoch ${history.trace.length}`);
  },
};

/** Asserts that the readable rows are the server's, and that no other generation is left. */
async function assertSameRows(who, server, kind) {
  const { rows, stored } = await replica(who, kind);
  const expected = [...server.state.rows.values()]
    .filter((one) => one.kind === kind && server.hamlets.has(one.row.hamlet_id))
    .map(({ row }) => [row.id, row]);
  assert.deepEqual([...rows].sort(), expected.sort(), `${who}'s ${kind} rows`);
  assert.equal(stored, rows.size, `${kind} rows of another generation`);
}

for (let seed = SEED; seed < SEED + HISTORIES; seed += 1) {
  test(`history ${seed}: nothing lost, nothing doubled`, async () => {
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
