// Reads replicas from stdin, {household: [], visit: []} each, and writes what this code says of their households.

import { text } from "node:stream/consumers";
import { lastVisits } from "../../../static/field/pages/households/lastVisits.ts";
import { byHousehold } from "../../../static/field/store/view/overlay.ts";

/** A visit of the replica as the view has it. */
function toVisit(row) {
  return { ...row, cause: null, step: row.review.state === "received" ? "sent" : row.review.state };
}

const GUIDED = ["did_it", "done_for_them", "explained", "referred"];

/** No screen asks for the day; a row has it all the same. */
function guidedOn({ id, guided_on = "", feed_seq }, visits) {
  const guided = visits.filter(
    (one) =>
      one.household_id === id &&
      one.feed_seq > feed_seq &&
      one.review.state in { received: 1, accepted: 1 } &&
      one.services.some(({ outcome }) => GUIDED.includes(outcome)),
  );
  return [guided_on, ...guided.map(({ counted_on }) => counted_on)].sort().at(-1) || null;
}

const replicas = JSON.parse(await text(process.stdin));
const said = replicas.map(({ household, visit }) => {
  const households = new Map(household.map((row) => [row.id, row]));
  const view = { households, visitsByHousehold: byHousehold(visit.map(toVisit)), replaced: new Map() };
  return Object.fromEntries(
    household.map(({ id }) => {
      const { met, last } = lastVisits(view, id);
      const guided = guidedOn(households.get(id), visit);
      return [
        id,
        { guided, met: met?.day ?? null, last: last ? [last.day, last.result, last.follow_up_on ?? null] : null },
      ];
    }),
  );
});
process.stdout.write(JSON.stringify(said));
