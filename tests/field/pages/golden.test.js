// The golden contexts of the field templates are what the pages give. Written anew with GOLDEN=write in the environment.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterEach, test } from "node:test";
import { showRealRecords } from "../support/practice.js";
import { ACCOUNT } from "./golden/accountScenes.js";
import { GUIDES } from "./golden/guideScenes.js";
import { HOUSEHOLDS } from "./golden/householdScenes.js";
import { LATER } from "./golden/laterScenes.js";
import { VISITS } from "./golden/visitScenes.js";

afterEach(showRealRecords);
afterEach(() => Reflect.deleteProperty(globalThis.navigator, "onLine")); // of the scene without a network

const GOLDEN = new URL("../../contract/golden/field/", import.meta.url);

/** @typedef {import("../support/pageHarness.js").Phone} Phone */
/** @typedef {Record<string, () => Promise<{phone: Phone, address: string, fields?: object}>>} Scenes by name of the golden file */

for (const [name, scene] of Object.entries({ ...ACCOUNT, ...GUIDES, ...HOUSEHOLDS, ...VISITS, ...LATER })) {
  test(`${name} is what the page gives`, async () => {
    const { phone, address, fields } = await scene();
    const { context, template } = await (fields ? phone.post(address, fields) : phone.get(address));
    assert.equal(template, `field/${name.split("/")[0]}.html`);
    const file = new URL(`${name}.json`, GOLDEN);
    if (process.env.GOLDEN === "write") {
      mkdirSync(new URL("./", file), { recursive: true });
      writeFileSync(file, `${JSON.stringify(context, null, 2)}\n`);
    }
    assert.deepEqual(context, JSON.parse(readFileSync(file, "utf8")));
  });
}
