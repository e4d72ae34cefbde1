// The shared scenarios of tests/scenarios/: what the real server answered, given to the phone's own code. It has to ask
// for what was asked for there, and to keep what was kept there.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { introduction } from "../../static/field/store/accounts.js";
import { exchange } from "../../static/field/sync/exchange.js";
import { json, unreachable } from "./model_server.js";
import { newPhone, opIds, save, signIn } from "./phone.js";

const FOLDER = new URL("../scenarios/", import.meta.url);
const LAN = {
  id: "lan",
  name: "Nguyễn Thị Lan",
  phone: "0900000001",
  hamlets: [{ id: "thon-dong", name: "Thôn Đông" }],
};
const now = () => new Date("2026-11-24T09:40:00.000Z");

for (const file of readdirSync(FOLDER).filter((name) => name.endsWith(".json"))) {
  test(file.replace(".json", "").replaceAll("_", " "), async () => {
    await newPhone();
    await signInAgain();
    for (const step of JSON.parse(readFileSync(new URL(file, FOLDER), "utf8"))) {
      if (step.save) await saveAs(step.save);
      else if (step.sign_in) await signInAgain(step.sign_in);
      else await exchangeAs(step);
    }
  });
}

/** On the same phone: it says which device it was. */
async function signInAgain(device_id) {
  assert.equal((await introduction(LAN.phone)).device_id, device_id);
  await signIn(LAN, { commune_id: "commune", epoch: "epoch-1" });
}

function saveAs({ op_id, type, at, data }) {
  return save("lan", type, data, { id: op_id, at });
}

async function exchangeAs({ request, status, answer, after }) {
  let asked;
  const fetch = async (_address, { body, headers }) => {
    asked = await read(body, headers);
    return answer ? json(answer, status) : unreachable();
  };
  await exchange("lan", { fetch, now });
  const { ops, once, epoch = null, cursor = null } = asked;
  assert.deepEqual({ ops, once, epoch, cursor }, request);
  if (!after) return;
  const [queue, sent, fixes] = await Promise.all(["outbox", "sent", "fixes"].map((store) => opIds("lan", store)));
  assert.deepEqual({ queue, sent, fixes }, { ...after, queue: after.queue.toSorted() });
}

async function read(body, headers) {
  if (headers["Content-Encoding"] !== "gzip") return JSON.parse(body);
  const stream = new Blob([body]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}
