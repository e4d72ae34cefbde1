// Gives the answers of the real server to the phone's code, and prints what *Tháng này* shows after each of them that is
// to be looked at. From standard input: `account`, and `steps` of `operations`, `answer`, `now` and `months`, how many of
// them to print; 0 for none.

import { readFileSync, writeFileSync } from "node:fs";
import { showMonth } from "../../../static/field/pages/month/month.ts";
import { purgeOldVisits } from "../../../static/field/retention/oldVisits.ts";
import { exchange } from "./exchange.js";
import { json } from "./modelServer.js";
import { newPhone, save, signIn } from "./phone.js";

const { account, steps } = JSON.parse(readFileSync(0, "utf8"));
await newPhone();
await signIn(account, { commune_id: account.commune_id, epoch: steps[0].answer.epoch });
const said = [];
for (const { operations, answer, now, months } of steps) {
  for (const { op_id, type, at, data } of operations) await save(account.id, type, data, { id: op_id, at });
  const { kind } = await exchange(account.id, { fetch: async () => json(answer), now: () => new Date(now) });
  if (kind !== "done") throw new Error(`an answer was not stored: ${kind}`);
  await purgeOldVisits(account.id);
  const shown = [];
  for (let back = 0; back < months; back += 1) shown.push(await month(back, now));
  if (months) said.push(shown);
}
writeFileSync(1, JSON.stringify(said));
process.exit(0);

async function month(back, now) {
  const url = new URL(`http://phone/field/month?back=${back}`);
  const request = { account: { account_id: account.id }, url, env: { now: () => new Date(now) } };
  const { context } = await showMonth(/** @type {any} */ (request));
  const { totals, days, incomplete, without_own, waiting } = context;
  return { totals, days, said: [incomplete, without_own, waiting].join("") };
}
