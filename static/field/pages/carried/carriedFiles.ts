// Gửi giúp tệp của người khác: this phone takes an export file of another one and delivers it.

import { isExportFile } from "../../core/exportEnvelope.ts";
import { _ } from "../../core/strings.ts";
import {
  addCarriedFile,
  type CarriedFile,
  isUndelivered,
  listCarriedFiles,
  MAX_BYTES,
  removeCarriedFile,
  TooManyFiles,
} from "../../store/carriedFiles.ts";
import { momentText } from "../formats.ts";
import { stepBadge } from "../labels.ts";
import {
  type Environment,
  type LaterRequest,
  type PageResponse,
  page,
  redirect,
  type SignedInRequest,
} from "../responses.ts";
import { saveFailed } from "../saveFailed.ts";

const ADDRESS = "/field/carried-files";
const DAMAGED = _("Tệp bị thiếu hoặc bị hỏng. Nhờ người ấy gửi lại tệp.");
const OTHER = _("Đây không phải tệp gửi hộ của Từng Nhà.");
const NO_FILE = _("Chọn tệp gửi hộ, không quá 3 MB.");

const REFUSALS: Record<string, string> = {
  file_other: OTHER,
  file_damaged: DAMAGED,
  file_too_large: DAMAGED,
  file_foreign: _("Tệp này của nơi khác nên ở đây không mở được."),
  file_newer: _("Tệp do bản mới hơn tạo ra. Nhờ cán bộ cập nhật nơi nhận."),
  too_large: NO_FILE,
};

export function showCarriedFiles({ env }: SignedInRequest): Promise<PageResponse> {
  return show(env, "");
}

export async function takeCarriedFile({ env, file }: LaterRequest): Promise<PageResponse> {
  if (!file || file.size === 0 || file.size > MAX_BYTES) return show(env, NO_FILE);
  try {
    const content = await file.arrayBuffer();
    if (!isExportFile(content)) return show(env, OTHER);
    await addCarriedFile(content, env.now());
  } catch (error) {
    if (error instanceof TooManyFiles) return show(env, _("Máy đang giữ 20 tệp chưa gửi. Hãy gửi bớt khi có mạng."));
    return show(env, Object.values(saveFailed(error))[0]);
  }
  env.deliver();
  return redirect(ADDRESS);
}

/** [Bỏ]: the file's owner still has what is in it. */
export async function discardCarriedFile({ params }: SignedInRequest): Promise<PageResponse> {
  await removeCarriedFile(params.id);
  return redirect(ADDRESS);
}

async function show(env: Environment, problem: string) {
  const files = await listCarriedFiles();
  return page("carried_files", { problem, files: files.map((file) => row(file, env.now())) }, problem ? 422 : 200);
}

function row(file: CarriedFile, now: Date) {
  const when = _("Nhận lúc %(when)s", { when: momentText(file.added_at) });
  const kind = file.delivered_at ? "sent" : file.code ? "fix" : "queued";
  const step = stepBadge(kind, file.delivered_at ?? null, now, file.code ? (REFUSALS[file.code] ?? DAMAGED) : "");
  if (kind === "fix") step.text = _("Không gửi được");
  return { when, step, remove: isUndelivered(file) || file.code ? `${ADDRESS}/${file.id}/remove` : "" };
}
