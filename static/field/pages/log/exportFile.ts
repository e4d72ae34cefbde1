// [Gửi qua Zalo] and [Lưu tệp nhờ gửi hộ]: the unsent operations in a file that only the commune's server can read.

import { encryptExport, exportText } from "../../core/exportEnvelope.ts";
import { _ } from "../../core/strings.ts";
import { signJson } from "../../store/deviceKey.ts";
import { unsentOperations } from "../../store/outbox.ts";
import { replicaStatus } from "../../store/view/replica.ts";
import { localDay, timeText } from "../formats.ts";
import { type LaterEnvironment, type LaterRequest, type PageResponse, redirect } from "../responses.ts";

/**
 * Creates the file and downloads it, or opens the share sheet with it (`share`). The operations stay in the outbox and
 * keep their ids, so the server applies each of them once, whether it arrives by file or by sync.
 */
export async function exportFile({ account, env, url, form }: LaterRequest): Promise<PageResponse> {
  const { account_id, commune_id, device_id } = account;
  const [ops, { export_key }] = await Promise.all([unsentOperations(account_id), replicaStatus(account_id)]);
  if (ops.length === 0) return redirect("/field/log");
  if (!export_key) return redirect("/field/log?done=export_failed");
  try {
    const content = await signJson(JSON.stringify({ commune_id, account_id, device_id, ops }));
    const file = await encryptExport(export_key, commune_id, content);
    if (form.get("share")) return redirect((await shareFile(env, file, url)) ? "/field/log?done=shared" : "/field/log");
    env.download(file, `${fileName(env.now())}.tnha`);
  } catch (error) {
    console.error(error);
    return redirect("/field/log?done=export_failed");
  }
  return redirect("/field/log?done=exported");
}

async function shareFile(env: LaterEnvironment & { now: () => Date }, file: Blob, { origin }: URL) {
  const locked = _("Tệp gửi hộ của Từng Nhà, đã khóa: chỉ nơi nhận ở xã, phường mở được.");
  const how = _("Ai có mạng thì gửi giúp: mở %(address)s, chọn tệp này, bấm Gửi.", { address: `${origin}/upload` });
  return env.share(await exportText(file, `${locked} ${how}`), `${fileName(env.now())}.txt`);
}

function fileName(now: Date) {
  return `luot-chua-gui-${localDay(now)}-${timeText(now).replace(":", "")}`;
}
