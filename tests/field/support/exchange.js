// One exchange alone, outside of a run.

import { finishExchange, startExchange } from "../../../static/field/sync/exchange.ts";

/** Sends one request for the account and applies its answer; returns the result. */
export async function exchange(accountId, options) {
  const environment = { onChange: () => {}, onAcknowledged: () => {}, ...options };
  const inFlight = await startExchange(accountId, environment);
  return inFlight ? (await finishExchange(inFlight, environment, false)).result : { kind: "sign_in", code: "sign_in" };
}
