// Drafts of forms.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import * as drafts from "../../../static/field/store/drafts.ts";
import { LAN, newPhone, signIn } from "../support/phone.js";

beforeEach(async () => {
  await newPhone();
  await signIn(LAN);
});

test("a draft is kept until it is cleared", async () => {
  await drafts.saveDraft("lan", "visit h1", { note: "a" });
  await drafts.saveDraft("lan", "visit h1", { note: "ab", services: ["x", "y"] });
  assert.deepEqual(await drafts.loadDraft("lan", "visit h1"), { note: "ab", services: ["x", "y"] });
  await drafts.clearDraft("lan", "visit h1");
  assert.equal(await drafts.loadDraft("lan", "visit h1"), null);
});
