// [Chép ra tệp dự phòng]: what is not sent, in a file that only the commune's server can read.

import { unsent } from "../store/outbox.js";
import { status } from "../store/replica.js";
import { see } from "./answers.js";
import { localDay, timeText } from "./formats.js";

/** @typedef {import("./answers.js").Answer} Answer */
/** @typedef {import("./answers.js").SignedIn} SignedIn */

/**
 * Makes the file and hands it to the browser. The operations stay where they are, and keep their ids: whichever of the
 * two arrives first, nothing is doubled.
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function copyOut({ account, world }) {
  const { account_id, commune_id, device_id } = account;
  const [ops, { backup_key }] = await Promise.all([unsent(account_id), status(account_id)]);
  if (ops.length === 0) return see("/field/log");
  if (!backup_key) return see("/field/log?done=uncopied");
  try {
    const file = await world.seal(backup_key, { commune_id, account_id, device_id, ops });
    const now = world.now();
    world.download(file, `luot-chua-gui-${localDay(now)}-${timeText(now).replace(":", "")}.tnha`);
  } catch (fault) {
    console.error(fault);
    return see("/field/log?done=uncopied");
  }
  return see("/field/log?done=copied");
}
