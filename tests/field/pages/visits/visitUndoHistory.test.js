// Random days of Lan's. Whatever she, her phone and the commune do, Hoàn tác takes back what her last act made and nothing
// else, a visit is withdrawn only by Rút, confirmed, or by Hoàn tác of its own recording, and Như nhà trước repeats the
// services of her last visit and never an outcome. UNDO_DAYS=500 SEED=7 runs 500 of them, from seed 7 on.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as outbox from "../../../../static/field/store/outbox.ts";
import { loadView } from "../../../../static/field/store/view/replica.ts";
import { fieldsOf } from "../../support/formFields.js";
import { NOW, Phone, readyPhone, saveSetting, visitFields } from "../../support/pageHarness.js";
import { all, newId } from "../../support/phone.js";
import { generator } from "../../support/random.js";

const QUICK = "/field/households/quick";
const HOUSEHOLDS = ["h12", "h14", "h16", "h5"];
const DAYS = Number(process.env.UNDO_DAYS ?? 8);
const SEED = Number(process.env.SEED ?? 1);
const STEPS = 40;
/** Services that a visit may have. */
const HELP = [["vneid_install"], ["vietqr", "bills"], ["scam_warning"]];
/** Steps of visits that do not count: nothing of them is repeated. */
const UNCOUNTED = ["returned", "fix", "dropped"];
let undone = 0;
let repeated = 0;

const own = async () => [...(await loadView("lan")).visits.values()].filter((visit) => visit.recorded_by === "lan");
/** Everything that was saved, in the order of saving. */
const operations = async () => {
  const stored = (await Promise.all(["outbox", "sent", "fixes"].map((store) => all("lan", store)))).flat();
  return stored.sort((one, other) => one.seq - other.seq);
};
const visitNow = async (id) => (await loadView("lan")).visits.get(id);

class Day {
  constructor(seed) {
    this.random = generator(seed);
    /** The visits that Lan has withdrawn or undone. */
    this.withdrawn = new Set();
    /** All visits that Lan has saved, in the order of saving. */
    this.saved = new Set();
    /** The acts that Hoàn tác may take back, by visit: `before` is the content that it restores, null for a recording. */
    this.undoable = new Map();
    /** Whether these are quick marks. */
    this.areMarks = false;
    this.form = { id: "", household_id: "" };
    /** A page on which Hoàn tác was offered, which another tab still shows. */
    this.oldPage = null;
  }

  /** Lan did something that is no quick mark; `before` is undefined if it has no Hoàn tác. */
  did(id, before) {
    this.areMarks = false;
    this.undoable.clear();
    if (id) this.saved.add(id);
    if (before !== undefined) this.undoable.set(id, { before });
  }

  /** A quick mark leaves the marks before it. */
  marked(id) {
    if (!this.areMarks) this.undoable.clear();
    this.areMarks = true;
    this.saved.add(id);
    this.undoable.set(id, { before: null });
  }

  /** A visit was withdrawn: of a quick mark the marks before it stay. */
  withdrew(id) {
    this.withdrawn.add(id);
    if (this.areMarks && this.undoable.has(id)) this.undoable.delete(id);
    else this.did();
  }

  /** A refused recording was discarded: that is no operation, and the last one can still be undone. */
  discarded(id) {
    this.withdrawn.add(id);
    this.undoable.delete(id);
  }

  pick(list) {
    return list[Math.floor(this.random() * list.length)];
  }

  async begin() {
    this.phone = await readyPhone();
    await saveSetting({
      service: ["vneid_install"],
      outcome: ["did_it"],
    });
  }

  /** Taps Hoàn tác of a visit, shown after `act`, and asserts that it took back this act or, if Lan did more, nothing. */
  async undo(id, press, act = this.undoable.get(id)) {
    const [others, count] = [await this.contents(id), (await operations()).length];
    await press();
    const added = (await operations()).slice(count);
    assert.deepEqual(await this.contents(id), others, "Hoàn tác changed another visit");
    if (added.length === 0) return;
    assert.ok(act && this.undoable.get(id) === act, "Hoàn tác took back what was not the last act");
    assert.deepEqual([added.length, added[0].data.id], [1, id]);
    undone += 1;
    assert.equal(added[0].type, act.before ? "visit.amend" : "visit.withdraw", "Hoàn tác took back more than the act");
    if (act.before === null) return this.withdrew(id);
    assert.deepEqual(contentOf(await visitNow(id)), act.before);
    this.did(id);
  }

  /** The contents of all visits but one, by id. */
  async contents(except) {
    const others = (await own()).filter(({ id }) => id !== except);
    return Object.fromEntries(others.map((visit) => [visit.id, contentOf(visit)]));
  }

  /** The services of Lan's last visit elsewhere, or null. */
  async servicesBefore(household_id) {
    for (const id of [...this.saved].reverse()) {
      const visit = await visitNow(id);
      if (!visit || UNCOUNTED.includes(visit.step) || visit.household_id === household_id) continue;
      if (visit.services.length) return visit.services.map(({ code }) => code).join(" ");
    }
    return null;
  }

  async check(step) {
    for (const { type, data } of await operations()) {
      if (type === "visit.withdraw") assert.ok(this.withdrawn.has(data.id), `${step} withdrew ${data.id}`);
    }
    for (const id of this.saved) {
      if (!this.withdrawn.has(id)) assert.ok(await visitNow(id), `${step}: ${id} is not on screen any more`);
    }
  }
}

const actions = {
  async record(day) {
    const household_id = day.pick(HOUSEHOLDS);
    day.form = { id: newId(), household_id };
    await day.phone.saveVisit(
      `/field/households/${household_id}/visit`,
      helpFields(day.pick(HELP), () => day.pick(["did_it", "explained"]), {
        ...day.form,
        note: day.pick(["", "Bà"]),
      }),
    );
    day.did(day.form.id, null);
  },
  async repeat(day) {
    const household_id = day.pick(HOUSEHOLDS);
    const { context } = await day.phone.get(`/field/households/${household_id}/visit`);
    const before = await day.servicesBefore(household_id);
    assert.equal(context.repeat?.codes ?? null, before, "another visit is repeated");
    if (!before || fieldsOf(context).service.length) return;
    const count = (await operations()).length;
    const { id } = context;
    const fields = helpFields(before.split(" "), () => "", { id, household_id });
    assert.equal((await day.phone.post(context.action, fields)).status, 422, "saved without an outcome");
    assert.equal((await operations()).length, count, "saved without an outcome");
    const answered = helpFields(before.split(" "), () => day.pick(["done_for_them", "declined"]), { id, household_id });
    await day.phone.saveVisit(context.action, answered);
    for (const { code, outcome, people } of (await visitNow(id)).services)
      assert.deepEqual([outcome, people], [answered[`outcome-${code}`], 1], "an outcome that nobody chose");
    day.form = { id: "", household_id: "" };
    day.did(id, null);
    repeated += 1;
  },
  async saveTheSameFormAgain(day) {
    const { id, household_id } = day.form;
    const visit = id && (await visitNow(id));
    if (!visit) return;
    const count = (await outbox.queuedOperations("lan")).length;
    await day.phone.post(`/field/households/${household_id}/visit`, visitFields({ ...day.form, note: "Viết thêm" }));
    if ((await outbox.queuedOperations("lan")).length > count) day.did(id, contentOf(visit));
  },
  async mark(day) {
    const row = day.pick((await day.phone.get(QUICK)).context.rows);
    if (row.mark) return;
    await day.phone.mark(row.action, {
      id: row.id,
      result: day.pick(["helped", "not_home"]),
    });
    day.marked(row.id);
  },
  async edit(day) {
    const visit = day.pick(await own());
    if (!visit) return;
    const changes = day.pick([{}, { note: "Ông" }, { need: ["bills"] }, { household_id: "h5" }]);
    assert.equal((await day.phone.edit(visit.id, changes)).status, 303);
    day.did(visit.id, isToCorrect(visit) ? undefined : contentOf(visit));
  },
  async mend(day) {
    const visit = day.pick((await own()).filter(isToCorrect));
    if (!visit) return;
    assert.equal((await day.phone.edit(visit.id, { note: "Đã hỏi lại" })).status, 303);
    day.did(visit.id);
  },
  async amendHousehold(day) {
    const id = day.pick(HOUSEHOLDS);
    const { context } = await day.phone.get(`/field/households/${id}/state/active`);
    await day.phone.post(context.action, { id: context.id });
    day.did();
  },
  async undo(day) {
    const visit = day.pick(await own());
    if (visit) await day.undo(visit.id, () => day.phone.undo(visit.id));
  },
  async undoMark(day) {
    const { rows } = (await day.phone.get(QUICK)).context;
    const address = day.pick(rows.flatMap(({ mark }) => mark?.undo || []));
    if (address) await day.undo(address.split("/")[3], () => day.phone.post(address, { id: newId() }));
  },
  async openPage(day) {
    const { id } = day.pick(await own()) ?? {};
    const { context } = id ? await day.phone.get(`/field/visits/${id}/saved`) : {};
    if (context?.undo) day.oldPage = { visit: id, act: day.undoable.get(id), id: context.id, ...context.undo };
  },
  async undoOnAnOldPage(day) {
    if (!day.oldPage) return;
    const { visit, act, action, ...fields } = day.oldPage;
    await day.undo(visit, () => day.phone.post(action, fields), act ?? null);
  },
  async withdraw(day) {
    const visit = day.pick(await own());
    if (!visit) return;
    const { context } = await day.phone.get(`/field/visits/${visit.id}/withdraw`);
    await day.phone.post(context.action, { id: context.id });
    const isSaved = (await operations()).some(({ type, data }) => type === "visit.withdraw" && data.id === visit.id);
    if (isSaved) day.withdrew(visit.id);
    else day.discarded(visit.id);
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
      day.phone.now = new Date(NOW.getTime() + step * 60_000);
      const name = day.pick([...Object.keys(actions), ...FREQUENT]);
      await actions[name](day);
      await day.check(`step ${step}, ${name}`);
    }
  });
}

test("Hoàn tác took something back on most days", { skip: DAYS < 20 }, () => {
  assert.ok(undone > DAYS / 2, `${undone} times in ${DAYS} days`);
});

test("Như nhà trước was tapped on most days", { skip: DAYS < 20 }, () => {
  assert.ok(repeated > DAYS / 2, `${repeated} times in ${DAYS} days`);
});

/** The fields of a form with these services, each for one person. */
function helpFields(service, outcome, changes) {
  const details = service.flatMap((code) => [
    [`outcome-${code}`, outcome()],
    [`people-${code}`, "1"],
  ]);
  return visitFields({ service, ...Object.fromEntries(details), ...changes });
}

function isToCorrect({ step }) {
  return step === "returned" || step === "fix";
}

function contentOf({ household_id, result, services, note, follow_up_on, needs }) {
  return { household_id, result, services, note, follow_up_on, needs: needs ?? [] };
}
