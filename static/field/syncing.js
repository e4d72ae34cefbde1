// When this page sends and fetches: at the start, when it comes to the front, when the network is back, after a save, and
// every minute while it is looked at.

import { endSession } from "./session.js";
import { current } from "./store/accounts.js";
import { announce, subscribe } from "./store/changes.js";
import { _ } from "./strings.js";
import { isRunning, run, schedule } from "./sync/engine.js";

/** @typedef {import("./pages/answers.js").Sync} Sync */
/** @typedef {{kind: "" | "calm" | "sent" | "queue", text: string}} Line What the header says. */

/** How long the header says what has just happened, in milliseconds. */
const READING = 8_000;

/** How often to look whether a run that tells nothing still goes on, in milliseconds. */
const LOOKING = 3_000;

/** @type {Sync} */
let newest = { outcome: "", progress: null };
/** @type {string | undefined} The account that this page syncs. */
let opened;
/** Whether somebody pressed a button for it and waits for a word. */
let asked = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let looking;

/**
 * What is known of the newest run.
 * @returns {Sync}
 */
export function newestSync() {
  return newest;
}

/**
 * [Gửi ngay]: starts a run; the header says what comes of it.
 * @param {string} accountId
 */
export function sendNow(accountId) {
  asked = true;
  opened = accountId;
  start(accountId);
}

/**
 * Begins to sync, and to say so in `element`.
 * @param {HTMLElement} element
 */
export function keepSyncing(element) {
  const say = speaker(element);
  subscribe((change) => {
    if (change.kind === "outbox") void startCurrent();
    if (isOthers(change)) {
      // The other account's run was in the way of this one's.
      if (change.kind === "sync") void startCurrent();
      return;
    }
    if (change.kind === "progress") {
      // Until an answer has come, what the run before came to is all that is known.
      newest = { outcome: change.sent + change.received > 0 ? "" : newest.outcome, progress: change };
      lookAfter();
      if (change.total > 0 && (asked || navigator.onLine || change.sent > 0)) say({ kind: "", text: "" });
    }
    if (change.kind === "sync") {
      newest = { outcome: change.outcome, progress: null };
      say(outcomeLine(change));
      asked = false;
    }
  });
  for (const kind of ["online", "offline"]) addEventListener(kind, () => say({ kind: "", text: "" }));
  addEventListener("online", startCurrent);
  whileVisible();
  say({ kind: "", text: "" });
}

/** A tab that is closed in the middle of a run tells of no end: this one goes on in its place. */
function lookAfter() {
  clearTimeout(looking);
  looking = setTimeout(async () => {
    if (!newest.progress) return;
    if (await isRunning().catch(() => false)) lookAfter();
    else void startCurrent();
  }, LOOKING);
}

/** Runs at once and then on schedule, as long as the page is looked at. */
function whileVisible() {
  let stop = () => {};
  const look = async () => {
    stop();
    stop = () => {};
    if (document.visibilityState !== "visible") return;
    const account = await startCurrent();
    if (account) stop = schedule(account.account_id);
  };
  document.addEventListener("visibilitychange", look);
  subscribe(({ kind }) => {
    if (kind === "account") void look();
  });
  void look();
}

/**
 * Whether it tells of a run for another account than the open one.
 * @param {import("./store/changes.js").Change} change
 */
function isOthers(change) {
  return (change.kind === "sync" || change.kind === "progress") && change.account_id !== opened;
}

/** Starts a run for the open account; null if there is none, or the browser lets nobody look. Who has signed out, goes. */
async function startCurrent() {
  try {
    const account = await current();
    opened = account?.account_id;
    if (account) start(account.account_id);
    else await endSession(globalThis.fetch.bind(globalThis));
    return account;
  } catch (fault) {
    console.error(fault);
    return null;
  }
}

/** @param {string} accountId */
function start(accountId) {
  run(accountId).catch((fault) => {
    console.error(fault);
    announce({ kind: "sync", account_id: accountId, outcome: "fault", sent: 0, left: 0 });
  });
}

/**
 * Says something for a while, then how far a run is, or whether there is a network.
 * @param {HTMLElement} element
 * @returns {(line: Line) => void}
 */
function speaker(element) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @param {Line} line */
  const show = ({ kind, text }) => {
    if (kind) element.dataset.kind = kind;
    else delete element.dataset.kind;
    if (element.textContent !== text) element.textContent = text;
  };
  return (line) => {
    clearTimeout(timer);
    show(line.text ? line : usualLine());
    if (line.text) timer = setTimeout(() => show(usualLine()), READING);
  };
}

/**
 * `navigator.onLine` is only a hint: it knows when there is nothing at all.
 * @returns {Line}
 */
function usualLine() {
  if (newest.outcome === "clock" && !newest.progress) return { kind: "calm", text: CLOCK };
  if (newest.progress?.total) return { kind: "queue", text: sendingText(newest.progress) };
  if (navigator.onLine && newest.outcome !== "offline") return { kind: "", text: "" };
  return { kind: "calm", text: _("Đang không có mạng. Vẫn ghi được.") };
}

/** @param {{sent: number, total: number}} progress */
function sendingText({ sent, total }) {
  return _("Đang gửi %(sent)s/%(total)s…", { sent: Math.min(sent + 1, total), total });
}

/**
 * @param {{outcome: string, sent: number, left: number}} end
 * @returns {Line}
 */
function outcomeLine({ outcome, sent, left }) {
  if (left === 0 && sent > 0) return { kind: "sent", text: _("Đã gửi %(n)s lượt.", { n: sent }) };
  if (outcome === "offline" && !(asked && left)) return { kind: "", text: "" };
  const sentence = left ? UNSENT[outcome]?.(left) : "";
  return sentence ? { kind: "calm", text: sentence } : { kind: "", text: "" };
}

const CLOCK = _('Giờ trên máy đang sai. Hãy bật "Tự động đặt giờ".');

/** @type {Record<string, (n: number) => string>} */
const UNSENT = {
  offline: (n) => _("Chưa gửi được vì không có mạng. %(n)s lượt vẫn còn trên máy.", { n }),
  clock: () => CLOCK,
  busy: () => _("Máy chủ đang bận. Sẽ tự gửi lại sau ít phút."),
  sign_in: (n) => _("Đăng nhập lại để gửi %(n)s lượt đang lưu trên máy.", { n }),
  full: () => _("Máy sắp hết chỗ. Hãy gửi các lượt đã ghi rồi thử lại."),
  update: (n) => _("Cần bản mới để gửi. %(n)s lượt vẫn còn trên máy.", { n }),
  fault: (n) => _("Máy chủ trả lời chưa đúng. %(n)s lượt vẫn còn trên máy.", { n }),
};
