// The shared scenarios of tests/scenarios/: the answers of the real server, given to the phone's code. Its requests and
// its stores have to be those of the scenario.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { deviceIdentity } from "../../../static/field/store/accounts.ts";
import { resendNow } from "../../../static/field/sync/backoff.ts";
import { exchange } from "../support/exchange.js";
import { json, unreachable } from "../support/modelServer.js";
import { newPhone, opIds, replica, save, signIn } from "../support/phone.js";

const FOLDER = new URL("../../scenarios/", import.meta.url);
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
      else if (step.resend) await resendNow("lan");
      else await exchangeAs(step);
    }
  });
}

/** Signs Lan in on the same phone, which names the device that it was. */
async function signInAgain(device_id) {
  assert.equal((await deviceIdentity(LAN.phone)).device_id, device_id);
  await signIn(LAN, { commune_id: "commune", epoch: "epoch-1" });
}

function saveAs({ op_id, type, at, data }) {
  return save("lan", type, data, { id: op_id, at });
}

async function exchangeAs({ request, status, answer, after }) {
  let sentRequest;
  const fetch = async (_address, { body, headers }) => {
    sentRequest = await read(body, headers);
    return answer ? json(answer, status) : unreachable();
  };
  await exchange("lan", { fetch, now });
  const { ops, omit_result_rows, minimal_results, epoch = null, cursor = null } = sentRequest;
  assert.deepEqual({ ops, omit_result_rows, minimal_results, epoch, cursor }, request);
  if (!after) return;
  const [queue, sent, fixes] = await Promise.all(["outbox", "sent", "fixes"].map((store) => opIds("lan", store)));
  const { rows } = await replica("lan", "visit");
  const visits = [...rows.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
  assert.deepEqual({ queue, sent, fixes, visits }, { ...after, queue: after.queue.toSorted() });
}

async function read(body, headers) {
  if (headers["Content-Encoding"] !== "gzip") return JSON.parse(body);
  const stream = new Blob([body]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}
