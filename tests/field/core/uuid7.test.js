// The ids of records made on the phone.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";

const PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const NOON = Date.UTC(2026, 10, 24, 5);
let page = 0;
/** @type {(now?: number) => string} */
let uuid7;

/** A new instance of the module, as a page that was just opened has it. */
beforeEach(async () => {
  page += 1;
  ({ uuid7 } = await import(`../../../static/field/core/uuid7.ts?page=${page}`));
});

const timeOf = (id) => Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16);

describe("an id", () => {
  test("has version 7, the variant of RFC 9562 and small letters, whatever its random bits are", () => {
    for (let number = 0; number < 1_000; number += 1) assert.match(uuid7(), PATTERN);
  });

  test("begins with the milliseconds of the clock", () => {
    assert.equal(uuid7(0x0123456789ab).slice(0, 13), "01234567-89ab");
    assert.equal(timeOf(uuid7(NOON)), NOON);
  });

  test("is made from the phone's clock if no time is given", () => {
    const before = Date.now();
    const id = uuid7();
    assert.ok(timeOf(id) >= before && timeOf(id) <= Date.now());
  });
});

test("10,000 ids of one millisecond are unique and sorted", () => {
  const ids = Array.from({ length: 10_000 }, () => uuid7(NOON));
  assert.equal(new Set(ids).size, 10_000);
  assert.deepEqual([...ids].sort(), ids);
  assert.ok(timeOf(ids[9_999]) - NOON < 10_000, "no more than a millisecond ahead of the clock for each");
  for (const id of ids) assert.match(id, PATTERN);
});

test("after many ids in one millisecond the ids still rise, and later have the time of the clock again", () => {
  const ids = Array.from({ length: 5_000 }, () => uuid7(NOON));
  const later = uuid7(NOON + 1);
  assert.ok(later > ids[4_999]);
  assert.equal(timeOf(uuid7(NOON + 6_000)), NOON + 6_000);
});

describe("on a phone whose clock is set back", () => {
  test("the ids of a page still rise and are unique", () => {
    const before = Array.from({ length: 100 }, () => uuid7(NOON));
    const after = Array.from({ length: 100 }, (_, number) => uuid7(NOON - 86_400_000 + number));
    const ids = [...before, ...after];
    assert.equal(new Set(ids).size, 200);
    assert.deepEqual([...ids].sort(), ids);
  });

  test("a page opened later makes no id that an earlier page has made in the same millisecond", async () => {
    const before = Array.from({ length: 5_000 }, () => uuid7(NOON));
    const { uuid7: next } = await import("../../../static/field/core/uuid7.ts?page=later");
    const after = Array.from({ length: 5_000 }, () => next(NOON));
    assert.equal(new Set([...before, ...after]).size, 10_000);
  });
});
