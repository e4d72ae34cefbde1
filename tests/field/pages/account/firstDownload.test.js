// The first download: what its page says when the newest run of sync has failed.

import assert from "node:assert/strict";
import { test } from "node:test";
import { runSync } from "../../../../static/field/sync/engine.ts";
import { json } from "../../support/modelServer.js";
import { lansPhone, NOW } from "../../support/pageHarness.js";

const FAILURES = {
  "is at its limit": [json({ proto: 1, error: "busy" }, 503), /^Nơi nhận đang bận/],
  "does not know the phone": [json({ proto: 1, error: "sign_in" }, 401), /^Nơi nhận không nhận ra máy này/],
  "needs a newer build": [json({ proto: 1, error: "outdated", min_build: "9.0.0" }, 426), /^Cần bản mới/],
  "sends an invalid answer": [json({ proto: 1 }), /^Nơi nhận trả lời chưa đúng/],
  "refuses an empty exchange": [json({ proto: 1, error: "internal" }, 500), /^Nơi nhận trả lời chưa đúng/],
};

for (const [what, [response, sentence]] of Object.entries(FAILURES)) {
  test(`a server that ${what} is named as the reason`, async () => {
    const phone = await lansPhone();
    const { outcome } = await runSync("lan", { fetch: async () => response, now: () => NOW });
    phone.syncState = { outcome, progress: null };
    assert.match((await phone.get("/field/first-download")).context.problem, sentence);
  });
}
