// What one tap on Lưu costs the phone, counted: until the page that says "Đã lưu trên máy". The figures stand in
// tests/costs/costs.json; as those of the server there.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { test } from "node:test";
import { readyPhone, visitFields } from "./support/pageHarness.js";

const TABLE = new URL("../costs/costs.json", import.meta.url);
const FORM = "/field/households/h12/visit";
const MORE = 0.02;

/** How often functions of the phone's code are called, and requests made of IndexedDB, while `act` runs. */
async function counted(act) {
  const requests = countRequests();
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  const bytes = await act();
  const { result } = await session.post("Profiler.takePreciseCoverage");
  session.disconnect();
  const calls = result
    .filter(({ url }) => url.includes("/static/"))
    .flatMap(({ functions }) => functions)
    .reduce((sum, { ranges }) => sum + ranges[0].count, 0);
  return { calls, requests: requests.stop(), bytes };
}

/** Counts the requests of object stores and indexes until `stop`. */
function countRequests() {
  let count = 0;
  const changed = [IDBObjectStore, IDBIndex].flatMap(({ prototype }) =>
    ["get", "getAll", "getAllKeys", "getKey", "count", "put", "add", "delete", "openCursor", "openKeyCursor"]
      .filter((name) => name in prototype)
      .map((name) => {
        const original = prototype[name];
        prototype[name] = function (...values) {
          count += 1;
          return original.apply(this, values);
        };
        return () => {
          prototype[name] = original;
        };
      }),
  );
  return {
    stop: () => {
      for (const restore of changed) restore();
      return count;
    },
  };
}

test("a tap on Lưu costs what the table says", async () => {
  const { Lưu: row } = JSON.parse(readFileSync(TABLE, "utf8"));
  const phone = await readyPhone();
  const save = async (fields) => {
    const { location } = await phone.post(FORM, visitFields(fields));
    const { context } = await phone.get(location);
    return JSON.stringify(context).length;
  };
  await save({ id: phone.newId() });
  const { because, ...figures } = row;
  const cost = await counted(() => save({ id: phone.newId() }));
  for (const [name, value] of Object.entries(figures)) {
    const sentence = `${name} of Lưu: ${value} -> ${cost[name]} (${JSON.stringify(cost)})`;
    assert.ok(Math.abs(cost[name] - value) <= MORE * value, sentence);
  }
  assert.deepEqual(Object.keys(cost), Object.keys(figures));
  assert.ok(because);
});
