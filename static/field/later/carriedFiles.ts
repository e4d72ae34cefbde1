// Gửi giúp tệp của người khác: this phone takes an export file of another one and delivers it.

import {
  addCarriedFile,
  isUndelivered,
  listCarriedFiles,
  MAX_BYTES,
  removeCarriedFile,
  TooManyFiles,
} from "../carried/store.ts";
import { isExportFile } from "../core/exportEnvelope.ts";
import { _ } from "../core/strings.ts";
import { momentText } from "../pages/formats.ts";
import { stepBadge } from "../pages/labels.ts";
import { page, redirect } from "../pages/responses.ts";
import { saveFailed } from "../pages/saveFailed.ts";

/** @typedef {import("../pages/responses.ts").PageResponse} PageResponse */
/** @typedef {import("../pages/responses.ts").SignedInRequest} SignedInRequest */

const ADDRESS = "/field/carried-files";
const DAMAGED = _("Tệp bị thiếu hoặc bị hỏng. Nhờ người ấy gửi lại tệp.");
const OTHER = _("Đây không phải tệp gửi hộ của Từng Nhà.");
const NO_FILE = _("Chọn tệp gửi hộ, không quá 3 MB.");

/** @type {Record<string, string>} */
const REFUSALS = {
  file_other: OTHER,
  file_damaged: DAMAGED,
  file_too_large: DAMAGED,
  file_foreign: _("Tệp này của nơi khác nên máy chủ không đọc được."),
  file_newer: _("Tệp do bản mới hơn tạo ra. Nhờ cán bộ cập nhật máy chủ."),
  too_large: NO_FILE,
};

/**
 * @param {SignedInRequest} request
 * @returns {Promise<PageResponse>}
 */
export function showCarriedFiles({ env }) {
  return show(env, "");
}

/**
 * @param {SignedInRequest} request
 * @returns {Promise<PageResponse>}
 */
export async function takeCarriedFile({ env, file }) {
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

/**
 * [Bỏ]: the file's owner still has what is in it.
 * @param {SignedInRequest} request
 * @returns {Promise<PageResponse>}
 */
export async function discardCarriedFile({ params }) {
  await removeCarriedFile(params.id);
  return redirect(ADDRESS);
}

/**
 * @param {import("../pages/responses.ts").Environment} env
 * @param {string} problem
 */
async function show(env, problem) {
  const files = await listCarriedFiles();
  return page("carried_files", { problem, files: files.map((file) => row(file, env.now())) }, problem ? 422 : 200);
}

/**
 * @param {import("../carried/store.ts").CarriedFile} file
 * @param {Date} now
 */
function row(file, now) {
  const when = _("Nhận lúc %(when)s", { when: momentText(file.added_at) });
  const kind = file.delivered_at ? "sent" : file.code ? "fix" : "queued";
  const step = stepBadge(kind, file.delivered_at ?? null, now, file.code ? (REFUSALS[file.code] ?? DAMAGED) : "");
  if (kind === "fix") step.text = _("Không gửi được");
  return { when, step, remove: isUndelivered(file) || file.code ? `${ADDRESS}/${file.id}/remove` : "" };
}
