// Random histories of a phone, its network and its server. Whatever happens, at every moment
// made = sent ∪ outbox ∪ fixes ∪ given up, each operation is applied once, and in the end everything has arrived.
// HISTORIES=500 SEED=7 asks for more of them, from another seed on.

import assert from "node:assert/strict";
import { test } from "node:test";
import { inAccount } from "../../static/field/store/db.js";
import * as outbox from "../../static/field/store/outbox.js";
import { book } from "../../static/field/store/replica.js";
import { run } from "../../static/field/sync/engine.js";
import { json, losing, ModelServer, unreachable } from "./model_server.js";
import {
  all,
  DONG,
  handOver,
  KILLED,
  LAN,
  minute,
  NAM,
  newId,
  newPhone,
  record,
  replica,
  sabotage,
  save,
  signIn,
  TAY,
} from "./phone.js";
import { generator } from "./random.js";

const HISTORIES = Number(process.env.HISTORIES ?? 12);
const SEED = Number(process.env.SEED ?? 1);
const STEPS = 60;
const now = () => new Date("2026-11-24T10:15:00.000Z");

class History {
  constructor(seed) {
    this.random = generator(seed);
    this.made = new Map([
      ["lan", new Set()],
      ["nam", new Set()],
    ]);
    this.visits = new Map([
      ["lan", []],
      ["nam", []],
    ]);
    this.servers = new Map([
      ["lan", new ModelServer({ hamlets: ["dong", "tay"], pageRows: 7 })],
      ["nam", new ModelServer({ pageRows: 7 })],
    ]);
    this.withdrawn = new Set();
    this.delayed = [];
    this.backups = new Map();
    this.trace = [];
    this.time = 0;
    for (const server of this.servers.values()) {
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
    for (const who of this.made.keys()) await this.check(who);
  }

  /** Nothing is lost and nothing is in two places; what is called sent is on the server. */
  async check(who) {
    const [queued, sent, fixes] = await Promise.all(["outbox", "sent", "fixes"].map((store) => all(who, store)));
    const given = (await inAccount(who, ["meta"], "readonly", (tx) => tx.objectStore("meta").get("discarded"))) ?? [];
    const found = [...queued, ...sent, ...fixes, ...given];
    assert.deepEqual(found.map(({ op_id }) => op_id).sort(), [...this.made.get(who)].sort());
    assert.deepEqual(
      found.map(({ seq }) => seq).sort((one, other) => one - other),
      found.map((_, place) => place + 1),
    );
    const { invented, state } = this.servers.get(who);
    const { epoch, ledger, applied } = state;
    assert.deepEqual(invented, [], "a version that it never had");
    for (const op of sent)
      assert.ok(op.acked_epoch !== epoch || ledger.has(op.op_id), "called sent, and not on the server");
    for (const times of applied.values()) assert.equal(times, 1);
    const { visits } = await book(who);
    const own = [...queued, ...fixes].filter(
      ({ type, data }) => type === "visit.record" && !this.withdrawn.has(data.id),
    );
    for (const { data } of own) assert.ok(visits.has(data.id), "saved, and not on screen");
  }

  /** With everything in order again, all of it arrives. */
  async end() {
    for (const [who, server] of this.servers) {
      this.trace.push(`${who} ends`);
      await signIn(who === "lan" ? { ...LAN, hamlets: [DONG, TAY] } : NAM);
      const decide = server.decide;
      server.decide = (op) => (decide(op)?.status === "retry" ? null : decide(op));
      server.refuse = () => null;
      for (let runs = 0; runs < 3; runs += 1) await run(who, { fetch: server.fetch, now });
      await this.check(who);
      assert.deepEqual(await all(who, "outbox"), [], "the queue drains");
      for (const { op_id } of await all(who, "sent"))
        assert.ok(server.state.ledger.has(op_id), "called sent, and lost by a restore");
      for (const kind of ["household", "visit"]) await agree(who, server, kind);
    }
  }

  async sync(fetch) {
    await run(this.who, { fetch, now, locks: this.pick([undefined, navigator.locks]) });
  }
}

/** What the servers decide, by what is in the note of a visit or the alley of a household. */
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
    history.made.get(history.who).add(rest.id);
    const { data } = await record(history.who, `h${Math.floor(history.random() * 20)}`, { note }, rest);
    history.visits.get(history.who).push(data);
    if (history.random() < 0.3) await save(history.who, "visit.record", data, rest);
  },
  async amends(history) {
    const visit = history.pick(history.visits.get(history.who));
    if (!visit) return;
    const id = newId();
    history.made.get(history.who).add(id);
    await save(
      history.who,
      "visit.amend",
      { ...visit, note: "", base_version: 1 },
      { id, at: minute((history.time += 1)) },
    );
  },
  async editsAHousehold(history) {
    const id = newId();
    history.made.get(history.who).add(id);
    const data = { id: `h${Math.floor(history.random() * 20)}`, base_version: 1, alley: history.pick(["", "beaten"]) };
    await save(history.who, "household.amend", data, { id, at: minute((history.time += 1)) });
  },
  async withdraws(history) {
    const visit = history.pick(history.visits.get(history.who));
    if (!visit) return;
    const id = newId();
    history.made.get(history.who).add(id);
    history.withdrawn.add(visit.id);
    await save(history.who, "visit.withdraw", { id: visit.id }, { id, at: minute((history.time += 1)) });
  },
  async givesUp(history) {
    const fix = history.pick(await outbox.fixes(history.who));
    if (fix) await outbox.discard(history.who, fix.op_id);
  },
  syncs: (history) => history.sync(history.server.fetch),
  offline: (history) => history.sync(unreachable),
  losesTheAnswer: (history) => history.sync(losing(history.server)),
  meetsAPortal: (history) => history.sync(async () => new Response("<html>Wi-Fi</html>")),
  meetsAGateway: (history) => history.sync(async () => new Response("<html>502</html>", { status: 502 })),
  signedOut: (history) => history.sync(async () => json({ proto: 1, error: "sign_in" }, 401)),
  async getsHalf(history) {
    await history.sync(async (...args) => {
      const text = await (await history.server.fetch(...args)).text();
      return new Response(text.slice(0, Math.floor(history.random() * text.length)));
    });
  },
  async missesResults(history) {
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
  async isOvertaken(history) {
    const { server } = history;
    await history.sync(async (...args) => {
      history.delayed.push(() => server.fetch(...args));
      return unreachable();
    });
  },
  async arrivesLate(history) {
    await history.delayed.shift()?.();
  },
  async isKilled(history) {
    let writes = Math.floor(history.random() * 30);
    const heal = sabotage(() => {
      writes -= 1;
      if (writes < 0) throw KILLED;
    });
    await history
      .sync(history.server.fetch)
      .catch(({ name }) => assert.equal(name, "Killed"))
      .finally(heal);
  },
  async refusesToRead(history) {
    history.server.refuse = ({ ops }) => ops.some(({ seq }) => seq % 11 === 5) && { status: 422, error: "invalid" };
    await history.sync(history.server.fetch);
    history.server.refuse = () => null;
  },
  async runsTwice(history) {
    await Promise.all([history.sync(history.server.fetch), history.sync(history.server.fetch)]);
  },
  async changesHands(history) {
    history.who = history.who === "lan" ? "nam" : "lan";
    await signIn(history.who === "lan" ? { ...LAN, hamlets: [DONG, TAY] } : NAM);
  },
  async changesHandsDuringARun(history) {
    const { who, server } = history;
    const before = server.requests.length;
    await history.sync(async (...args) => {
      const response = await server.fetch(...args);
      await handOver(who === "lan" ? "nam" : "lan");
      return response;
    });
    assert.ok(server.requests.length <= before + 1, "sent under another account");
    await handOver(who);
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

/** The readable list is the server's, and no other generation is left. */
async function agree(who, server, kind) {
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
    } catch (fault) {
      throw new Error(`after:\n${history.trace.join("\n")}`, { cause: fault });
    }
  });
}
