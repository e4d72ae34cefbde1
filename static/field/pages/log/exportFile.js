// [Chép ra tệp dự phòng]: exports the unsent operations to a file that only the commune's server can read.

import { unsentOperations } from "../../store/outbox.js";
import { replicaStatus } from "../../store/view/replica.js";
import { localDay, timeText } from "../formats.js";
import { redirect } from "../responses.js";

/** @typedef {import("../responses.js").PageResponse} PageResponse */
/** @typedef {import("../responses.js").SignedInRequest} SignedInRequest */

/**
 * Creates the file and downloads it. The operations stay in the outbox and keep their ids, so the server applies each
 * of them once, whether it arrives by file or by sync.
 * @param {SignedInRequest} request
 * @returns {Promise<PageResponse>}
 */
export async function exportFile({ account, env }) {
  const { account_id, commune_id, device_id } = account;
  const [ops, { export_key }] = await Promise.all([unsentOperations(account_id), replicaStatus(account_id)]);
  if (ops.length === 0) return redirect("/field/log");
  if (!export_key) return redirect("/field/log?done=export_failed");
  try {
    const file = await env.encryptExport(export_key, { commune_id, account_id, device_id, ops });
    const now = env.now();
    env.download(file, `luot-chua-gui-${localDay(now)}-${timeText(now).replace(":", "")}.tnha`);
  } catch (error) {
    console.error(error);
    return redirect("/field/log?done=export_failed");
  }
  return redirect("/field/log?done=exported");
}
