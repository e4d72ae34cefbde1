// Whatever is typed at a door is at the server, an operation of this phone or a listed draft, in every order of typing, saving,
// sending, signing out, signing in, updating and what the server decides meanwhile. UNSAVED=2000 runs so many orders.

import { test } from "node:test";
import { Evening } from "../support/evening.js";
import { generator } from "../support/random.js";

const ORDERS = Number(process.env.UNSAVED ?? 25);
const FIRST = Number(process.env.SEED ?? 1);
const STEPS = 50;

const WEIGHTS = {
  type: 4,
  edit: 4,
  typeMore: 3,
  save: 4,
  finish: 2,
  sync: 4,
  decide: 4,
  closePeriod: 2,
  erase: 1,
  signOut: 3,
  signIn: 3,
  update: 2,
  close: 1,
};
const MOVES = Object.entries(WEIGHTS).flatMap(([act, weight]) => Array(weight).fill(act));

for (let seed = FIRST; seed < FIRST + ORDERS; seed += 1) {
  test(`what was typed is at the server, saved or listed: seed ${seed}`, async () => {
    const evening = new Evening(generator(seed));
    await evening.begin();
    const order = [];
    for (let step = 0; step < STEPS; step += 1) {
      const act = evening.pick(MOVES);
      order.push(act);
      await evening[act]();
      await evening.assertNothingIsLost(order);
    }
    for (const who of ["lan", "nam"]) {
      await evening.signIn(who);
      await evening.assertNothingIsLost([...order, `the sign-in of ${who}`]);
      await evening.assertErasedIsCleared(who, order);
    }
  });
}
