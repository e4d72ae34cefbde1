// Random days of Lan's. Whatever she, her phone and the commune do, a visit is withdrawn only by Rút, confirmed, or
// by Hoàn tác of its own recording. UNDO_DAYS=500 SEED=7 runs 500 of them, from seed 7 on.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as drafts from "../../../../static/field/store/drafts.js";
import * as outbox from "../../../../static/field/store/outbox.js";
import { loadView } from "../../../../static/field/store/view/replica.js";
import { Phone, readyPhone, visitFields } from "../../support/pageHarness.js";
import { all, newId } from "../../support/phone.js";
import { generator } from "../../support/random.js";

const QUICK = "/field/households/quick";
const HOUSEHOLDS = ["h12", "h14", "h16", "h5"];
const DAYS = Number(process.env.UNDO_DAYS ?? 40);
const SEED = Number(process.env.SEED ?? 1);
const STEPS = 40;

const own = async () => [...(await loadView("lan")).visits.values()].filter((visit) => visit.recorded_by === "lan");
const visitNow = async (id) => (await loadView("lan")).visits.get(id);

class Day {
  constructor(seed) {
    this.random = generator(seed);
    /** The visits that Lan has withdrawn or undone. */
    this.withdrawn = new Set();
    /** The newest operation on each visit: `before` is the content that Hoàn tác restores; without it there is none. */
    this.newest = new Map();
    this.form = { id: "", household_id: "" };
  }

  pick(list) {
    return list[Math.floor(this.random() * list.length)];
  }

  async begin() {
    this.phone = await readyPhone();
    await drafts.saveDraft("lan", "quick", {
      service: ["vneid_install"],
      outcome: ["did_it"],
    });
  }

  /** Asserts, after Hoàn tác, that the visit has the content before its newest operation. */
  async assertUndone(id) {
    const { before } = this.newest.get(id) ?? {};
    assert.notEqual(before, undefined, "Hoàn tác had nothing to restore");
    if (before === null) return this.withdrawn.add(id);
    assert.deepEqual(contentOf(await visitNow(id)), before);
    this.newest.set(id, {});
  }

  async check(step) {
    const operations = (await Promise.all(["outbox", "sent", "fixes"].map((store) => all("lan", store)))).flat();
    for (const { type, data } of operations) {
      if (type === "visit.withdraw") assert.ok(this.withdrawn.has(data.id), `${step} withdrew ${data.id}`);
    }
    for (const id of this.newest.keys()) {
      if (!this.withdrawn.has(id)) assert.ok(await visitNow(id), `${step}: ${id} is not on screen any more`);
    }
  }
}

const actions = {
  async record(day) {
    const household_id = day.pick(HOUSEHOLDS);
    day.form = { id: newId(), household_id };
    await day.phone.post(
      `/field/households/${household_id}/visit`,
      visitFields({ ...day.form, note: day.pick(["", "Bà"]) }),
    );
    day.newest.set(day.form.id, { before: null });
  },
  async saveTheSameFormAgain(day) {
    const { id, household_id } = day.form;
    const visit = id && (await visitNow(id));
    if (!visit) return;
    const count = (await outbox.queuedOperations("lan")).length;
    await day.phone.post(`/field/households/${household_id}/visit`, visitFields({ ...day.form, note: "Viết thêm" }));
    if ((await outbox.queuedOperations("lan")).length > count) day.newest.set(id, { before: contentOf(visit) });
  },
  async mark(day) {
    const row = day.pick((await day.phone.get(QUICK)).context.rows);
    if (row.mark) return;
    await day.phone.post(row.action, {
      id: row.id,
      result: day.pick(["helped", "not_home"]),
    });
    day.newest.set(row.id, { before: null });
  },
  async edit(day) {
    const visit = day.pick(await own());
    if (!visit) return;
    const changes = day.pick([{}, { note: "Ông" }, { note: "Cả hai" }, { household_id: "h5" }]);
    assert.equal((await day.phone.edit(visit.id, changes)).status, 303);
    const isCorrected = visit.step === "returned" || visit.step === "fix";
    day.newest.set(visit.id, isCorrected ? {} : { before: contentOf(visit) });
  },
  async undo(day) {
    const visit = day.pick(await own());
    if (visit && (await day.phone.undo(visit.id))) await day.assertUndone(visit.id);
  },
  async undoMark(day) {
    const row = day.pick((await day.phone.get(QUICK)).context.rows.filter(({ mark }) => mark?.undo));
    if (!row) return;
    await day.phone.post(row.mark.undo, { id: newId() });
    const id = row.mark.undo.split("/")[3];
    assert.equal(await visitNow(id), undefined);
    await day.assertUndone(id);
  },
  async withdraw(day) {
    const visit = day.pick(await own());
    if (!visit) return;
    const { context } = await day.phone.get(`/field/visits/${visit.id}/withdraw`);
    await day.phone.post(context.action, { id: context.id });
    day.withdrawn.add(visit.id);
  },
  async communeDecides(day) {
    const { server } = day.phone;
    const visit = day.pick([...server.state.rows.values()].filter(({ kind }) => kind === "visit"))?.row;
    if (!visit) return;
    const state = day.pick(["returned", "accepted"]);
    server.put("visit", {
      ...visit,
      review: { ...visit.review, state, reason: "other", note: "Xem lại" },
    });
  },
  async serverRefuses({ phone }) {
    const refusal = {
      status: "rejected",
      code: "service_unknown",
      fields: ["services"],
    };
    phone.server.decide = ({ type }) => (type === "visit.withdraw" ? null : refusal);
    await phone.sync();
    phone.server.decide = () => null;
  },
  async sync({ phone }) {
    await phone.sync();
  },
  async reopen(day) {
    const { server, idCount } = day.phone;
    day.phone = Object.assign(new Phone(), { server, idCount });
  },
};
/** The actions that are more frequent than the others. */
const FREQUENT = ["record", "edit", "undo", "undo"];

for (let seed = SEED; seed < SEED + DAYS; seed += 1) {
  test(`only Lan withdraws a visit: seed ${seed}`, async () => {
    const day = new Day(seed);
    await day.begin();
    for (let step = 0; step < STEPS; step += 1) {
      const name = day.pick([...Object.keys(actions), ...FREQUENT]);
      await actions[name](day);
      await day.check(`step ${step}, ${name}`);
    }
  });
}

function contentOf({ household_id, result, services, note, follow_up_on }) {
  return { household_id, result, services, note, follow_up_on };
}
