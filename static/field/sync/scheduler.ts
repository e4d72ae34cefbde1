// Starts runs of the sync engine: when the page opens or becomes visible, when the network is back, after a save, and
// every minute while the page is visible. Shows their progress and outcome in the header.

import { pause } from "../core/pause.ts";
import { _ } from "../core/strings.ts";
import { report } from "../failures/failures.ts";
import { currentAccount } from "../store/accounts.ts";
import { announce, type Change, subscribe } from "../store/changes.ts";
import { resendNow } from "./backoff.ts";
import { runSync, type Sync, schedule } from "./engine.ts";
import { isRunning } from "./lock.ts";
import { endSession } from "./session.ts";

/** The header's status line. */
type StatusLine = { kind: "" | "calm" | "sent" | "queue"; text: string };

/** How long the header shows an outcome. */
const MESSAGE_MS = 8_000;

/**
 * Several saves within so many milliseconds cause one run, one number on the icon and one background sync. A run after a
 * save starts so long after the end of the run before.
 */
export const AFTER_SAVE_MS = 500;

/** How often to check whether a run without progress events is still alive. */
const CHECK_MS = 3_000;

let newest: Sync = { outcome: "", progress: null };
/** The account that this page syncs. */
let syncedAccount: string | undefined;
/** Whether a person asked for the run and waits for its outcome. */
let isRequested = false;
let checkTimer: ReturnType<typeof setTimeout> | undefined;

/** The progress and outcome of the newest run. */
export function newestSync(): Sync {
  return newest;
}

/** [Gửi ngay]: starts a run that sends everything; the header shows its outcome. */
export function sendNow(accountId: string) {
  isRequested = true;
  syncedAccount = accountId;
  void resendNow(accountId)
    .catch(report)
    .then(() => startRun(accountId));
}

/**
 * Starts syncing, with the status in `element`.
 * @param painted resolves when the page that a tap opens is painted
 */
export function startSyncing(element: HTMLElement, painted: () => Promise<unknown>) {
  const showStatus = statusWriter(element);
  syncAfterSaves(painted);
  subscribe((change) => {
    if (isOtherAccount(change)) {
      // The other account's run held the lock.
      if (change.kind === "sync") void startCurrent();
      return;
    }
    if (change.kind === "progress") {
      // Until the first answer, the outcome of the run before is the newest known.
      newest = { outcome: change.sent + change.received > 0 ? "" : newest.outcome, progress: change };
      watchRun();
      if (change.total > 0 && (isRequested || navigator.onLine || change.sent > 0)) showStatus({ kind: "", text: "" });
    }
    if (change.kind === "sync") {
      newest = { outcome: change.outcome, progress: null };
      showStatus(outcomeLine(change));
      isRequested = false;
    }
  });
  for (const kind of ["online", "offline"]) addEventListener(kind, () => showStatus({ kind: "", text: "" }));
  addEventListener("online", startCurrent);
  syncWhileVisible();
  showStatus({ kind: "", text: "" });
}

/**
 * Starts a run after a save: at once, but for the page which says *Đã lưu* and is painted first, or AFTER_SAVE_MS after
 * the end of the run before. Saves until then start no other.
 */
function syncAfterSaves(painted: () => Promise<unknown>) {
  /** The end of the last run of any tab, milliseconds of this page's clock. */
  let endedAt = Number.NEGATIVE_INFINITY;
  let isWaiting = false;
  const start = async (quiet: number) => {
    if (isWaiting) return;
    isWaiting = true;
    if (quiet > 0) await pause(quiet);
    await Promise.race([painted(), pause(AFTER_SAVE_MS)]);
    isWaiting = false;
    const { outcome } = await startCurrent();
    // The run that holds the lock may have looked into the outbox before this save was there.
    if ((await outcome) === "running" && quiet < AFTER_SAVE_MS) void start(AFTER_SAVE_MS);
  };
  subscribe(({ kind }) => {
    if (kind === "sync") endedAt = performance.now();
    if (kind === "outbox") void start(endedAt + AFTER_SAVE_MS - performance.now());
  });
}

/**
 * A tab that is closed during a run announces neither its end nor its last changes. This tab then redraws its page and
 * starts a run in its place.
 */
function watchRun() {
  clearTimeout(checkTimer);
  checkTimer = setTimeout(async () => {
    if (!newest.progress) return;
    if (await isRunning().catch(() => false)) return watchRun();
    if (syncedAccount) announce({ kind: "replica", account_id: syncedAccount });
    void startCurrent();
  }, CHECK_MS);
}

/** Runs at once and then on schedule, while the page is visible. */
function syncWhileVisible() {
  let stop = () => {};
  const restart = async () => {
    stop();
    stop = () => {};
    if (document.visibilityState !== "visible") return;
    const { account } = await startCurrent();
    if (account) stop = schedule(account.account_id);
  };
  document.addEventListener("visibilitychange", restart);
  subscribe(({ kind }) => {
    if (kind === "account") void restart();
  });
  void restart();
}

/** Whether it is about a run for another account than the open one. */
function isOtherAccount(change: Change) {
  return (change.kind === "sync" || change.kind === "progress") && change.account_id !== syncedAccount;
}

/**
 * Starts a run for the open account, or ends the session of a signed-out one.
 * @returns the account, null if none is open or storage is blocked; and how the run ends
 */
async function startCurrent() {
  try {
    const account = await currentAccount();
    syncedAccount = account?.account_id;
    if (account) return { account, outcome: startRun(account.account_id) };
    await endSession(globalThis.fetch.bind(globalThis));
  } catch (error) {
    console.error(error);
  }
  return { account: null };
}

async function startRun(accountId: string) {
  try {
    return (await runSync(accountId)).outcome;
  } catch (error) {
    report(error);
    announce({ kind: "sync", account_id: accountId, outcome: "error", sent: 0, left: 0 });
    return "error";
  }
}

/**
 * Returns a function that shows a line for some seconds, and then the usual one: a run's progress, or whether it is
 * offline.
 */
function statusWriter(element: HTMLElement): (line: StatusLine) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const show = ({ kind, text }: StatusLine) => {
    if (kind) element.dataset.kind = kind;
    else delete element.dataset.kind;
    if (element.textContent !== text) element.textContent = text;
  };
  return (line) => {
    clearTimeout(timer);
    show(line.text ? line : usualLine());
    if (line.text) timer = setTimeout(() => show(usualLine()), MESSAGE_MS);
  };
}

/** `navigator.onLine` is only reliable when it is false. */
function usualLine(): StatusLine {
  if (newest.outcome === "clock" && !newest.progress) return { kind: "calm", text: CLOCK };
  if (newest.progress?.total) return { kind: "queue", text: sendingText(newest.progress) };
  if (!navigator.onLine) return { kind: "calm", text: _("Đang không có mạng. Vẫn ghi được.") };
  const text = UNREACHED[newest.outcome] ?? "";
  return { kind: text && "calm", text };
}

function sendingText({ sent, total }: { sent: number; total: number }) {
  return _("Đang gửi %(sent)s/%(total)s…", { sent: Math.min(sent + 1, total), total });
}

function outcomeLine({ outcome, sent, left }: { outcome: string; sent: number; left: number }): StatusLine {
  if (left === 0 && sent > 0) return { kind: "sent", text: _("Đã gửi %(n)s lượt.", { n: sent }) };
  if (outcome in UNREACHED && !(isRequested && left)) return { kind: "", text: "" };
  const sentence = left ? UNSENT[outcome]?.(left) : "";
  return sentence ? { kind: "calm", text: sentence } : { kind: "", text: "" };
}

/** The browser takes a weak signal, or a Wi-Fi that asks for a sign-in, for a network; a commune may be off. */
const UNREACHED: Record<string, string> = {
  offline: _("Chưa tới được nơi nhận. Vẫn ghi được."),
  portal: _("Wi-Fi này cần đăng nhập. Vẫn ghi được."),
  off: _("Nơi này đang tạm dừng. Vẫn ghi được."),
};

const CLOCK = _('Giờ trên máy đang sai. Hãy bật "Tự động đặt giờ".');

const UNSENT: Record<string, (n: number) => string> = {
  offline: (n) =>
    navigator.onLine
      ? _("Chưa tới được nơi nhận. %(n)s lượt vẫn còn trên máy.", { n })
      : _("Chưa gửi được vì không có mạng. %(n)s lượt vẫn còn trên máy.", { n }),
  portal: (n) => _("Wi-Fi này cần đăng nhập trong trình duyệt. %(n)s lượt vẫn còn trên máy.", { n }),
  clock: () => CLOCK,
  busy: () => _("Nơi nhận đang bận. Sẽ tự gửi lại sau ít phút."),
  sign_in: (n) => _("Đăng nhập lại để gửi %(n)s lượt đang lưu trên máy.", { n }),
  full: () => _("Máy sắp hết chỗ. Hãy gửi các lượt đã ghi rồi thử lại."),
  update: (n) => _("Cần bản mới để gửi. %(n)s lượt vẫn còn trên máy.", { n }),
  error: (n) => _("Nơi nhận trả lời chưa đúng. %(n)s lượt vẫn còn trên máy.", { n }),
};
