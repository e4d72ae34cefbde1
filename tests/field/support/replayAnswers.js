// Gives the answers of the real server to the phone's code, and prints what it says of each operation after each answer.
// From standard input: `account`, `operations` as they were saved, and `answers` in their order.

import { readFileSync, writeFileSync } from "node:fs";
import { exchange } from "./exchange.js";
import { json } from "./modelServer.js";
import { all, newPhone, save, signIn } from "./phone.js";

const { account, operations, answers } = JSON.parse(readFileSync(0, "utf8"));
await newPhone();
await signIn(account, { commune_id: account.commune_id, epoch: answers[0].epoch });
const said = [];
for (const answer of answers) {
  if (answer.results.length > 0) {
    for (const { op_id, type, at, data } of operations) await save(account.id, type, data, { id: op_id, at });
  }
  const { kind } = await exchange(account.id, { fetch: async () => json(answer), now: () => new Date() });
  if (kind !== "done") throw new Error(`an answer was not stored: ${kind}`);
  const sent = await all(account.id, "sent");
  said.push(Object.fromEntries(sent.map((one) => [one.op_id, [one.status, one.code ?? ""]])));
}
writeFileSync(1, JSON.stringify(said));
process.exit(0);
