// What nobody catches is counted, without any text, and told with the next exchange.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { countFailure } from "../../../static/field/failures/countFailure.ts";
import { forgetFailures, readFailures, watchFailures } from "../../../static/field/failures/failures.ts";
import { loseAnswers } from "../support/modelServer.js";
import { exchangeOnce, server, startPhone } from "../support/syncPhone.js";

const CODE = /^0\.1\.0 ([A-Za-z]*Error|unknown)( [\w-]+\.js:\d+:\d+)?$/;

beforeEach(startPhone);
beforeEach(forgetFailures);

/**
 * @param {string} [name]
 * @param {string} [file]
 */
function failure(name = "TypeError", file = "field-1a2b") {
  const error = new Error("Nguyễn Thị Lan, 0900000001");
  error.name = name;
  error.stack = `${name}: Nguyễn Thị Lan\n    at https://tungnha.example/static/dist/${file}.js:1:2047`;
  return error;
}

test("a failure is its kind and its place, and how often", async () => {
  await countFailure(failure());
  await countFailure(failure());
  await countFailure(failure("RangeError", "later"));
  assert.deepEqual(await readFailures(), {
    "0.1.0 TypeError field-1a2b.js:1:2047": 2,
    "0.1.0 RangeError later.js:1:2047": 1,
  });
});

test("no text and no name of anybody is in it, whatever is thrown", async () => {
  const invented = failure("Lỗi của Lan");
  invented.stack = undefined;
  for (const thrown of [failure(), invented, "Lan", { name: "Lan" }, null, undefined, 7]) await countFailure(thrown);
  const codes = Object.keys((await readFailures()) ?? {});
  for (const code of codes) assert.match(code, CODE);
  assert.ok(!codes.join().includes("Lan"));
});

test("what is not caught in a page or the worker is counted", async () => {
  const scope = new EventTarget();
  watchFailures(scope, countFailure);
  scope.dispatchEvent(Object.assign(new Event("error"), { error: failure() }));
  scope.dispatchEvent(Object.assign(new Event("unhandledrejection"), { reason: failure("RangeError") }));
  scope.dispatchEvent(new Event("error")); // a picture that did not load
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(Object.keys((await readFailures()) ?? {}).length, 2);
});

test("the next exchange tells of it once, and of nothing if there is nothing", async () => {
  await exchangeOnce();
  await countFailure(failure());
  await exchangeOnce();
  await exchangeOnce();
  const failures = server.requests.map((request) => request.failures);
  assert.deepEqual(failures, [undefined, { "0.1.0 TypeError field-1a2b.js:1:2047": 1 }, undefined]);
});

test("an exchange without an answer tells of it again", async () => {
  await countFailure(failure());
  await exchangeOnce(loseAnswers(server));
  await exchangeOnce();
  assert.deepEqual(server.requests[1].failures, { "0.1.0 TypeError field-1a2b.js:1:2047": 1 });
});

test("ten kinds are stored, and a failure without end writes a hundred times", async () => {
  for (let kind = 0; kind < 30; kind += 1) await countFailure(failure("TypeError", `field-${kind}`));
  for (let often = 0; often < 200; often += 1) await countFailure(failure("TypeError", "field-0"));
  const failures = (await readFailures()) ?? {};
  assert.equal(Object.keys(failures).length, 10);
  assert.ok(failures["0.1.0 TypeError field-0.js:1:2047"] <= 100);
});
