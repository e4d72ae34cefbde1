// What the servers of Lan and Nam decide in an evening (evening.js).

export const HOUSEHOLDS = { lan: ["h12", "h14", "h16"], nam: ["t1", "t2"] };
export const HAMLET = { lan: "dong", nam: "tay" };

/** What the server of a person's commune decides; the phone hears of it at its next exchange. */
export const DECISIONS = [
  (server, who) => (server.hamlets = new Set([who === "lan" ? "tay" : "dong"])),
  (server, who) => (server.hamlets = new Set([HAMLET[who]])),
  (server) => server.hamlets.clear(),
  (server) => (server.suspended = true),
  (server) => (server.suspended = false),
  (server, who, id) => !server.erased.has(id) && server.tombstone("household", id, HAMLET[who]),
  (server, who, id) =>
    !server.erased.has(id) && server.household(id, { house_no: id.slice(1), hamlet_id: HAMLET[who] }),
  (server, who, id) =>
    !server.erased.has(id) &&
    id !== HOUSEHOLDS[who].at(-1) &&
    server.tombstone("household", id, HAMLET[who], HOUSEHOLDS[who].at(-1)),
];
