// Returns in random histories: the supervisor's words are on screen, whatever raced them.

import assert from "node:assert/strict";
import { loadView } from "../../../static/field/store/view/replica.ts";
import { replica } from "./phone.js";

/** The supervisor returns a visit, perhaps once more in other words. */
export function returnAVisit({ server, trace, now, deskRandom }) {
  const visits = [...server.state.rows.values()].filter(({ kind }) => kind === "visit");
  const visit = visits[Math.floor(deskRandom() * visits.length)]?.row;
  const words = { reason: "other", field: "", note: `Lần ${trace.length}` };
  if (visit) server.put("visit", { ...visit, review: { state: "returned", ...words, at: now().toISOString() } });
}

/** Asserts that what waits on the phone hides no words of a return that it has. */
export async function assertReturnsOnScreen(who, visits) {
  for (const [id, { review }] of (await replica(who, "visit")).rows)
    if (visits.has(id)) assert.deepEqual(visits.get(id).review, review, "a return is not on screen");
}

/** Asserts that each return is among what has to be corrected, with the supervisor's last words. */
export async function assertReturnsListed(who, server) {
  const { visits } = await loadView(who);
  const returned = [...server.state.rows.values()].filter(
    ({ kind, row }) => kind === "visit" && row.review.state === "returned" && server.hamlets.has(row.hamlet_id),
  );
  for (const { row } of returned) {
    const { step, review } = visits.get(row.id);
    assert.ok(["returned", "fix", "waiting"].includes(step), `a return that is ${step}`);
    assert.equal(review.note, row.review.note);
  }
}
