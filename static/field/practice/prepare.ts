// Writes what a phone has after its first download into the databases of practice.

import { GUIDES, SERVICES } from "../../dist/field/practiceRows.js";
import { _ } from "../core/strings.ts";
import { COMMUNE, HAMLET, HOUSEHOLDS } from "../pages/practice/hamlet.ts";
import { MEMBER } from "../retention/practice.ts";
import { currentAccount } from "../store/accounts.ts";
import { inAccount, inRegistry, putAll, type Transaction } from "../store/db.ts";
import { type Account, type Kind, NEW_REPLICA, REPLICA_STORES } from "../store/schema.ts";

const GENERATION = 1;

/** Prepares it, unless this phone practises already: a page that is loaded again goes on. */
export async function preparePractice(now: Date) {
  if (await currentAccount()) return;
  const account = newAccount(now);
  await inAccount(MEMBER, [...REPLICA_STORES, "guides", "meta"], "readwrite", async (tx) => {
    write(tx, "hamlet", [HAMLET]);
    write(tx, "member", [{ id: MEMBER, name: account.name }]);
    write(tx, "household", HOUSEHOLDS);
    write(
      tx,
      "service",
      SERVICES.map((service) => ({ ...service, id: service.code })),
    );
    putAll(tx, "guides", GUIDES);
    const meta = tx.objectStore("meta");
    await meta.put(account.installation_id, "installation_id");
    await meta.put({ ...NEW_REPLICA, generation: GENERATION }, "replica");
  });
  await inRegistry("readwrite", async (tx) => {
    await tx.objectStore("accounts").put(account);
    await tx.objectStore("settings").put(MEMBER, "open_account");
  });
}

function newAccount(now: Date): Account {
  return {
    account_id: MEMBER,
    commune_id: COMMUNE.id,
    commune_name: COMMUNE.name,
    device_id: PRACTISING_DEVICE,
    name: _("người tập"),
    role: "volunteer",
    hamlets: [HAMLET],
    households: HOUSEHOLDS.length,
    phone: "",
    installation_id: crypto.randomUUID(),
    signed_in: true,
    opened_at: now.toISOString(),
  };
}

/** No device of any server. */
const PRACTISING_DEVICE = "may-tap";

function write(tx: Transaction, kind: Kind, rows: ({ id: string } & Record<string, unknown>)[]) {
  putAll(
    tx,
    `replica_${kind}`,
    rows.map((row) => ({ feed_seq: 0, ...row, g: GENERATION })),
  );
}
