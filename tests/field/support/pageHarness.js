// Lan's phone in Thôn Đông on the morning of 24/11/2026. Its pages are requested without a browser.

import * as later from "../../../static/field/boot/secondBundle.ts";
import { createServer } from "../../../static/field/server/server.ts";
import * as accounts from "../../../static/field/store/accounts.ts";
import { inAccount } from "../../../static/field/store/db.ts";
import { runSync } from "../../../static/field/sync/engine.ts";
import { fieldsOf, valuesOf } from "./formFields.js";
import { ModelServer, unreachable } from "./modelServer.js";
import { DONG, LAN, newPhone, signIn } from "./phone.js";

export { visitFields } from "./formFields.js";
export { DONG, LAN };
export const NOW = new Date("2026-11-24T03:00:00.000Z");
/** What loads the later pages of a phone that has not stored them: where there is no network, and where it hangs. */
export const unloadable = () => Promise.reject(new TypeError("Failed to fetch"));
export const endless = () => new Promise(() => {});
/** From the morning until the list and the records are exchanged, at the model server's time, milliseconds. */
const UNTIL_SYNC = Date.parse("2026-11-24T09:40:00.000Z") - NOW.getTime();
const FIRST = ["did_it", "done_for_them", "explained"];
const OUTCOMES = [...FIRST, "already_had", "referred", "come_back", "declined", "not_possible"];

/** The catalog: five services in front, two under *Việc khác*. */
const SERVICES = [
  ["vneid_install", "eid", "Cài VNeID"],
  ["vneid_activate", "eid", "Kích hoạt VNeID"],
  ["vietqr", "cashless", "Chuyển khoản, quét VietQR"],
  ["file_application", "services", "Nộp hồ sơ", "applications"],
  ["bills", "cashless", "Trả điện, nước, học phí"],
  ["vneid_level_2", "eid", "Làm mức 2"],
  ["scam_warning", "more", "Cảnh báo lừa đảo"],
];

/** The households of Thôn Đông. */
const HOUSEHOLDS = [
  ["h12", "12", "Ngõ 3", "Nguyễn Văn Đức"],
  ["h14", "14", "Ngõ 3", "Trần Thị Mai"],
  ["h16", "16", "Ngõ 3", "Lê Thị Ánh"],
  ["h5", "5", "Ngõ 1", "Đặng Thị Ước"],
];

/** @typedef {{status: number, location: string, html: string, text: string, context: Record<string, any>, template: string}} PageResult */

/** A phone whose pages are requested by address. */
export class Phone {
  constructor() {
    this.server = new ModelServer();
    this.offline = false;
    this.sent = [];
    this.idCount = 0;
    this.now = NOW;
    /** How far the phone's clock is ahead of the server's, milliseconds. */
    this.clockOffset = 0;
    this.syncState = { outcome: "", progress: null };
    this.updateReady = false;
    this.updated = 0;
    /** How often the page on screen was asked for anew. */
    this.redraws = 0;
    this.sunny = false;
    this.textSize = "";
    this.stored = true;
    this.installable = false;
    /** The files downloaded: `{file, name}`. */
    this.files = [];
    this.shareable = false;
    /** Texts handed to the share sheet, and whether the person then chooses something. */
    this.shared = [];
    this.chooses = true;
    /** @type {Error | null} */
    this.shareError = null;
    this.deliveries = 0;
    this.canPractise = true;
    /** The times that practice was begun and ended. */
    this.practised = [];
    /** @type {(address: string, init: object) => Promise<Response>} */
    this.fetch = unreachable;
    this.restart();
  }

  /** The page is loaded again. */
  restart(create = createServer) {
    this.loadedLater = undefined;
    this.handle = create(this.environment(), (template, context) => {
      this.rendered = { template, context };
      return this.render(template, context);
    });
  }

  /** The page is loaded again; its later pages are loaded by this function. */
  restartWith(loadLater) {
    const environment = { ...this.environment(), loadLater };
    this.environment = () => environment;
    this.restart();
  }

  /** Replaced by tests that need HTML. */
  render() {
    return "";
  }

  /** The same for the pages that are loaded later. */
  renderLater() {
    return "";
  }

  environment() {
    return {
      now: () => this.now,
      newId: () => this.newId(),
      fetch: (address, init) => this.fetch(address, init),
      deviceName: "Android",
      send: (accountId) => void this.sent.push(accountId),
      sync: () => this.syncState,
      isUpdateReady: () => this.updateReady,
      update: () => void (this.updated += 1),
      shown: () => `http://phone${this.shown}`,
      isSunny: () => this.sunny,
      textSize: () => this.textSize,
      setTextSize: (size) => void (this.textSize = size),
      isStored: async () => this.stored,
      canInstall: () => this.installable,
      download: (file, name) => void this.files.push({ file, name }),
      canShare: () => this.shareable,
      share: async (text, name) => {
        if (this.shareError) throw this.shareError;
        this.shared.push({ text, name });
        return this.chooses;
      },
      loadLater: async () => {
        const { refusalText, earlierText, otherAccountWords } = later;
        this.loadedLater = { refusalText, earlierText, otherAccountWords };
        const render = (template, context) => {
          this.rendered = { template, context };
          return this.renderLater(template, context);
        };
        return { ROUTES: later.ROUTES, showRevoked: later.showRevoked, ...this.loadedLater, render };
      },
      loadedLater: () => this.loadedLater,
      redraw: () => void (this.redraws += 1),
      deliver: () => void (this.deliveries += 1),
      setSunny: (on) => void (this.sunny = on),
      canPractise: async () => this.canPractise,
      practise: async (on) => void this.practised.push(on),
    };
  }

  newId() {
    this.idCount += 1;
    return `10000000-0000-4000-8000-${String(this.idCount).padStart(12, "0")}`;
  }

  /** @returns {Promise<PageResult>} */
  get(address) {
    return this.request(new Request(`http://phone${address}`));
  }

  /**
   * @param {string} address
   * @param {Record<string, string | string[]>} fields
   * @param {string} shown the address of the page on screen
   * @returns {Promise<PageResult>}
   */
  post(address, fields = {}, shown = address) {
    const pairs = Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
    this.shown = shown;
    return this.request(new Request(`http://phone${address}`, { method: "POST", body: new URLSearchParams(pairs) }));
  }

  async request(request) {
    this.rendered = undefined;
    const response = await this.handle(request);
    const html = await response.text();
    const text = html
      .replace(/<svg.*?<\/svg>/gs, "")
      .replace(/<[^>]*>/g, " ")
      .replace(/\s+/g, " ");
    return { status: response.status, location: response.headers.get("Location") ?? "", html, text, ...this.rendered };
  }

  /** Opens the form of a visit and saves it with some fields changed. */
  async edit(id, changes = {}) {
    const { context } = await this.get(`/field/visits/${id}/edit`);
    return this.post(`/field/visits/${id}/edit`, { ...fieldsOf(context), ...changes });
  }

  /** Saves the form of a new visit; if the household was recorded today, taps [Ghi thêm lượt nữa]. */
  async saveVisit(address, fields) {
    const answer = await this.post(address, fields);
    if (!answer.location.endsWith("/again")) return answer;
    const { context } = await this.get(answer.location);
    return this.post(context.action, valuesOf(context.fields));
  }

  /** Taps a button of Ghi nhanh; if the household was recorded today, taps once more. */
  async mark(action, fields) {
    const answer = await this.post(action, fields);
    const row = answer.context.rows.find(({ asked }) => asked);
    if (!row) return answer;
    return this.post(row.action, { id: fields.id, again: row.asked.again, result: row.asked.result });
  }

  /** Taps [Hoàn tác] on Đã lưu; null if it is not offered. */
  async undo(id) {
    const { context } = await this.get(`/field/visits/${id}/saved`);
    if (!context?.undo) return null;
    const { action, op_id, household } = context.undo;
    return this.post(action, { id: context.id, op_id, household });
  }

  sync() {
    const now = () => new Date(this.now.getTime() + UNTIL_SYNC + this.clockOffset);
    return runSync("lan", { fetch: this.offline ? unreachable : this.server.fetch, now });
  }
}

/** The fields of a service that is offered every day. */
export const OFFERED = { active: true, first_day: null, last_day: null };

/** A new phone. */
export async function emptyPhone() {
  await newPhone();
  return new Phone();
}

/** Lan's phone, signed in, before the list was downloaded. */
export async function lansPhone() {
  const phone = await emptyPhone();
  await signIn(LAN);
  const { server } = phone;
  server.put("hamlet", DONG);
  server.put("member", { id: "lan", name: "Nguyễn Thị Lan" });
  server.put("member", { id: "mai", name: "Hoàng Thị Mai" });
  for (const [order, [code, pillar, vi, unit = "people"]] of SERVICES.entries()) {
    const label = { vi, en: vi };
    const row = { code, pillar, label, outcomes: OUTCOMES, first: FIRST, order: order + 1, unit };
    server.put("service", { ...row, ...OFFERED });
  }
  for (const [id, house_no, alley, head_name] of HOUSEHOLDS) server.household(id, { house_no, alley, head_name });
  return phone;
}

/** Lan's phone with the list. */
export async function readyPhone() {
  const phone = await lansPhone();
  await phone.sync();
  return phone;
}

/** Lan leads her team, or does not any more; her phone has heard of it. */
export async function letLanLead(phone, leads = true) {
  phone.server.isLeader = leads;
  await phone.sync();
}

/** Lan's phone with an empty list of households. */
export async function bareList() {
  const phone = await emptyPhone();
  await signIn(LAN);
  phone.server.put("hamlet", DONG);
  await phone.sync();
  return phone;
}

/** Puts a visit on the server; by default a teammate's. */
export function putVisit(phone, id, changes = {}) {
  const review = { state: "received", reason: "", field: "", note: "", at: null };
  return phone.server.put("visit", {
    id,
    household_id: "h12",
    hamlet_id: "dong",
    recorded_by: "mai",
    occurred_at: "2026-11-12T02:00:00Z",
    received_at: "2026-11-12T09:40:00Z",
    counted_on: "2026-11-12",
    result: "helped",
    services: [{ code: "vneid_install", outcome: "did_it", people: 2 }],
    note: "",
    follow_up_on: null,
    version: 1,
    review,
    ...changes,
  });
}

/** Puts a visit of Lan's that the commune returned on the server. */
export function putReturnedVisit(phone, id, reason, changes = {}) {
  const field = reason === "wrong_household" ? "household" : "services";
  const review = { state: "returned", reason, field, note: "Ghi rõ việc đã làm", at: "2026-11-23T02:00:00Z" };
  return putVisit(phone, id, { recorded_by: "lan", review, ...changes });
}

/** Stores the setting of Ghi nhanh, as of the morning of the phone and not of the computer that runs the test. */
export function saveSetting(values) {
  const draft = { key: "quick", values, at: NOW.toISOString() };
  return inAccount("lan", ["drafts"], "readwrite", (tx) => tx.objectStore("drafts").put(draft));
}

export { accounts };
