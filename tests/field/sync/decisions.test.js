// The commune's decisions on quarantined operations, and their undos, on the phone that sent them.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { runSync } from "../../../static/field/sync/engine.ts";
import { ModelServer } from "../support/modelServer.js";
import { all, LAN, newPhone, record, signIn } from "../support/phone.js";

/** @type {ModelServer} */
let server;

beforeEach(async () => {
  await newPhone();
  await signIn(LAN);
  server = new ModelServer({ hamlets: ["dong"] });
  server.household("h1");
});

const sync = () => runSync("lan", { fetch: server.fetch, now: () => new Date("2026-11-24T10:15:00.000Z") });

test("a decision changes one of the operations that one answer has acknowledged, and keeps the others", async () => {
  server.decide = ({ data }) => (data.note === "strange" ? { status: "quarantined" } : null);
  const ids = [];
  for (const note of ["", "strange", ""]) ids.push((await record("lan", "h1", { note })).op_id);
  await sync();
  server.put("tombstone", { kind: "operation", id: ids[1], hamlet_id: "dong", moved_to: null });
  await sync();
  assert.deepEqual(
    (await all("lan", "sent")).map(({ op_id, code }) => [op_id, code]),
    ids.map((id, index) => [id, index === 1 ? "dropped" : undefined]),
  );
});

test("an undone decision makes the operation wait again, and the next one counts", async () => {
  server.decide = () => ({ status: "quarantined", code: "revoked" });
  const { op_id } = await record("lan", "h1");
  for (const kind of ["", "accepted", "reopened", "operation", "reopened", "accepted"]) {
    if (kind) server.put("tombstone", { kind, id: op_id, hamlet_id: "dong", moved_to: "revoked" });
    await sync();
    const code = { accepted: "", operation: "dropped" }[kind] ?? "revoked";
    assert.equal((await all("lan", "sent"))[0].code, code);
  }
});

test("whichever decisions and undos a phone has not heard of, it shows the last one", async () => {
  server.decide = () => ({ status: "quarantined", code: "revoked" });
  const last = {
    accepted: ["applied", ""],
    operation: ["quarantined", "dropped"],
    reopened: ["quarantined", "revoked"],
  };
  for (const path of decisionPaths(5)) {
    for (let heard = 0; heard < 2 ** (path.length - 1); heard += 1) {
      const { op_id } = await record("lan", "h1");
      await sync();
      for (const [index, kind] of path.entries()) {
        server.put("tombstone", { kind, id: op_id, hamlet_id: "dong", moved_to: "revoked" });
        if (index === path.length - 1 || (heard >> index) & 1) await sync();
      }
      const { status, code } = (await all("lan", "sent")).find((op) => op.op_id === op_id);
      assert.deepEqual([status, code], last[path.at(-1)], `${path.join(", ")}; heard ${heard.toString(2)}`);
    }
  }
});

/** All orders of at most so many decisions, each undone before the next one. */
function decisionPaths(most) {
  const next = ({ length }) => (length % 2 ? ["reopened"] : ["accepted", "operation"]);
  const longer = (path) => next(path).map((kind) => [...path, kind]);
  let paths = [[]];
  const found = [];
  for (let length = 1; length <= most; length += 1) {
    paths = paths.flatMap(longer);
    found.push(...paths);
  }
  return found;
}
