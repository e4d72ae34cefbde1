// Kiểm tra trước khi đi: what a phone needs for a day without a network, each with a sentence.

import type { Operation } from "../../core/protocol.ts";
import { _ } from "../../core/strings.ts";
import { withTimeout } from "../../core/withTimeout.ts";
import { inAccount } from "../../store/db.ts";
import { unsentOperations } from "../../store/outbox.ts";
import type { ReplicaState } from "../../store/schema.ts";
import { loadView } from "../../store/view/replica.ts";
import { momentText, numberText } from "../formats.ts";
import { othersText, unsentText } from "../log/queueTexts.ts";
import type { Environment } from "../responses.ts";

type CheckRow = { label: string; ok: boolean; text: string };

const DAY_MS = 24 * 3_600_000;
/** As the flag of a wrong clock (product rules): minutes between phone and server. */
const CLOCK_MS = 10 * 60_000;
/** How long the check waits for the server. */
const SERVER_MS = 3_000;
/** A day's visits take less than one. */
const FREE_BYTES = 50 * 1024 * 1024;
const TEST_KEY = "self-test";

export async function check(accountId: string, env: Environment): Promise<CheckRow[]> {
  const now = env.now();
  const replica: ReplicaState | undefined = await inAccount(accountId, ["meta"], "readonly", (tx) =>
    tx.objectStore("meta").get("replica"),
  );
  const [households, unsent, others, clock, space, app, save] = await Promise.all([
    loadView(accountId).then(({ households }) => households.size),
    unsentOperations(accountId),
    othersText(accountId),
    clockRow(replica, env),
    spaceRow(),
    appRow(env),
    saveRow(accountId, now),
  ]);
  const list = replica?.erased ? revokedRow() : listRow(replica, households, now);
  return [list, sentRow(unsent, replica?.encrypted, others), clock, space, app, save];
}

function revokedRow(): CheckRow {
  const text = _("Máy này đã bị thu hồi. Cần dùng lại thì hỏi cán bộ, số gọi ở mục Trợ giúp.");
  return { label: _("Máy đã bị thu hồi"), ok: false, text };
}

function listRow(replica: ReplicaState | undefined, households: number, now: Date): CheckRow {
  const label = _("Danh sách hộ");
  const at = replica?.last_exchange_at;
  if (!at || !replica?.generation) return { label, ok: false, text: _("Chưa tải xong. Hãy mở Hôm nay ở nơi có mạng.") };
  if (replica.loading) return { label, ok: false, text: _("Đang tải lại danh sách. Chờ ở nơi có mạng.") };
  const days = Math.floor((now.getTime() - Date.parse(at)) / DAY_MS);
  const n = numberText(households);
  if (days >= 1) {
    const old = { n, days: numberText(days) };
    return { label, ok: false, text: _("%(n)s hộ, cũ %(days)s ngày. Hãy mở Hôm nay ở nơi có mạng.", old) };
  }
  return { label, ok: true, text: _("Đủ %(n)s hộ, lúc %(when)s.", { n, when: momentText(at) }) };
}

/** @param others what others have not sent */
function sentRow(unsent: Operation[], encrypted = "", others: string): CheckRow {
  const label = _("Lượt đã ghi");
  if (!unsent.length && !encrypted && !others) return { label, ok: true, text: _("Đã gửi đủ.") };
  const advice = unsent.length ? _("Gửi trước khi đi thì yên tâm hơn.") : "";
  return { label, ok: false, text: [unsentText(unsent), advice, encrypted, others].filter(Boolean).join(" ") };
}

/** Compared with the server, if it answers; else with the last exchange, after which no clock can be. */
async function clockRow(replica: ReplicaState | undefined, env: Environment): Promise<CheckRow> {
  const label = _("Giờ trên máy");
  const now = env.now().getTime();
  const server = await serverTime(env);
  const last = Date.parse(replica?.last_exchange_at ?? "");
  const isOff = server ? Math.abs(now - server) > CLOCK_MS : now < last - CLOCK_MS;
  return {
    label,
    ok: !isOff,
    text: isOff ? _('Giờ trên máy đang sai. Hãy bật "Tự động đặt giờ".') : momentText(env.now()),
  };
}

/** The server's clock, or NaN without a network. */
async function serverTime({ fetch }: Environment) {
  try {
    const answer = await withTimeout(SERVER_MS, (signal) => fetch("/healthz", { signal, cache: "no-store" }));
    return Date.parse(answer.headers.get("Date") ?? "");
  } catch {
    return Number.NaN;
  }
}

async function spaceRow(): Promise<CheckRow> {
  const label = _("Chỗ trống");
  const { quota = 0, usage = 0 } = (await globalThis.navigator?.storage?.estimate?.().catch(() => null)) ?? {};
  if (quota === 0) return { label, ok: true, text: _("Máy không cho biết.") };
  const ok = quota - usage >= FREE_BYTES;
  return { label, ok, text: ok ? _("Còn đủ chỗ.") : _("Sắp hết chỗ. Hãy xóa bớt ảnh, phim.") };
}

async function appRow(env: Environment): Promise<CheckRow> {
  const label = _("Ứng dụng");
  if (env.isUpdateReady()) return { label, ok: false, text: _("Có bản mới. Mở Hôm nay rồi bấm Cập nhật.") };
  if (!(await env.isStored()))
    return { label, ok: false, text: _("Chưa lưu đủ trên máy. Mở Hôm nay ở nơi có mạng, chờ một phút.") };
  return { label, ok: true, text: _("Đã lưu đủ trên máy.") };
}

/** Writes, reads and deletes a record, as a save does. */
async function saveRow(accountId: string, now: Date): Promise<CheckRow> {
  const label = _("Ghi thử");
  const at = now.toISOString();
  try {
    await inAccount(accountId, ["drafts"], "readwrite", (tx) => tx.objectStore("drafts").put({ key: TEST_KEY, at }));
    const read = await inAccount(accountId, ["drafts"], "readwrite", async (tx) => {
      const found = await tx.objectStore("drafts").get(TEST_KEY);
      await tx.objectStore("drafts").delete(TEST_KEY);
      return found;
    });
    if (read?.at === at) return { label, ok: true, text: _("Máy ghi và đọc lại được.") };
  } catch (error) {
    console.error(error);
  }
  return { label, ok: false, text: _("Máy chưa lưu được. Đóng Từng Nhà, mở lại rồi thử lại; vẫn vậy thì báo cán bộ.") };
}
