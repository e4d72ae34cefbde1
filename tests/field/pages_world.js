// Lan's phone in Thôn Đông, with a list, on the morning of 24/11/2026; its pages are asked without a browser.

import { seal } from "../../static/field/backup.js";
import { server } from "../../static/field/server.js";
import * as accounts from "../../static/field/store/accounts.js";
import { run } from "../../static/field/sync/engine.js";
import { ModelServer, unreachable } from "./model_server.js";
import { DONG, LAN, newPhone, signIn } from "./phone.js";

export { DONG, LAN };
export const NOW = new Date("2026-11-24T03:00:00.000Z");
const OUTCOMES = [
  "did_it",
  "done_for_them",
  "explained",
  "already_had",
  "referred",
  "come_back",
  "declined",
  "not_possible",
];
const FIRST = ["did_it", "done_for_them", "explained"];

/** The catalog of the tests: five in front, two under *Việc khác*. */
const SERVICES = [
  ["vneid_install", "eid", "Cài VNeID"],
  ["vneid_activate", "eid", "Kích hoạt tài khoản"],
  ["vietqr", "cashless", "Chuyển khoản, quét VietQR"],
  ["file_application", "services", "Nộp hồ sơ", "applications"],
  ["bills", "cashless", "Trả điện, nước, học phí"],
  ["vneid_level_2", "eid", "Làm mức 2"],
  ["scam_warning", "more", "Cảnh báo lừa đảo"],
];

/** The doors of Thôn Đông. */
const HOUSEHOLDS = [
  ["h12", "12", "Ngõ 3", "Nguyễn Văn Đức"],
  ["h14", "14", "Ngõ 3", "Trần Thị Mai"],
  ["h16", "16", "Ngõ 3", "Lê Thị Ánh"],
  ["h5", "5", "Ngõ 1", "Đặng Thị Ước"],
];

/** @typedef {{status: number, location: string, html: string, text: string, context: Record<string, any>, template: string}} Seen */

/** A phone whose pages are asked by address. */
export class Phone {
  constructor() {
    this.server = new ModelServer();
    this.offline = false;
    this.sent = [];
    this.made = 0;
    this.now = NOW;
    this.known = { outcome: "", progress: null };
    this.waits = false;
    this.updated = 0;
    this.sunny = false;
    this.installable = false;
    /** Handed to the browser: `{file, name}`. */
    this.files = [];
    /** @type {(address: string, init: object) => Promise<Response>} */
    this.fetch = unreachable;
    this.handle = server(this.world(), (template, context) => {
      this.drawn = { template, context };
      return this.draw(template, context);
    });
  }

  /** Set by tests that want no HTML. */
  draw() {
    return "";
  }

  world() {
    return {
      now: () => this.now,
      newId: () => this.newId(),
      fetch: (address, init) => this.fetch(address, init),
      deviceName: "Android",
      send: (accountId) => void this.sent.push(accountId),
      sync: () => this.known,
      updateWaits: () => this.waits,
      update: () => void (this.updated += 1),
      isSunny: () => this.sunny,
      canInstall: () => this.installable,
      seal,
      download: (file, name) => void this.files.push({ file, name }),
      setSunny: (on) => void (this.sunny = on),
    };
  }

  newId() {
    this.made += 1;
    return `10000000-0000-4000-8000-${String(this.made).padStart(12, "0")}`;
  }

  /** @returns {Promise<Seen>} */
  get(address) {
    return this.ask(new Request(`http://phone${address}`));
  }

  /**
   * @param {string} address
   * @param {Record<string, string | string[]>} fields
   * @returns {Promise<Seen>}
   */
  post(address, fields = {}) {
    const pairs = Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
    return this.ask(new Request(`http://phone${address}`, { method: "POST", body: new URLSearchParams(pairs) }));
  }

  async ask(request) {
    this.drawn = undefined;
    const response = await this.handle(request);
    const html = await response.text();
    const text = html
      .replace(/<svg.*?<\/svg>/gs, "")
      .replace(/<[^>]*>/g, " ")
      .replace(/\s+/g, " ");
    return { status: response.status, location: response.headers.get("Location") ?? "", html, text, ...this.drawn };
  }

  /** Opens the form of a visit and saves it with some fields changed. */
  async edit(id, changes = {}) {
    const { context } = await this.get(`/field/visits/${id}/edit`);
    return this.post(`/field/visits/${id}/edit`, { ...fieldsOf(context), ...changes });
  }

  /** Taps Hoàn tác on Đã lưu; null if it is not there. */
  async undo(id) {
    const { context } = await this.get(`/field/visits/${id}/saved`);
    if (!context?.undo) return null;
    const { action, act, household } = context.undo;
    return this.post(action, { id: context.id, act, household });
  }

  sync() {
    return run("lan", { fetch: this.offline ? unreachable : this.server.fetch, now: () => this.now });
  }
}

/** What stands in the form of a visit, as the browser would send it. */
function fieldsOf(context) {
  const given = [...context.services, ...context.pillars.flatMap(({ services }) => services)].filter((s) => s.chosen);
  const fields = {
    id: context.id,
    household_id: context.household.id,
    result: context.results.find(({ chosen }) => chosen)?.value ?? "",
    service: given.map(({ code }) => code),
    note: context.note,
    follow_up: context.chosen_unknown ? "unknown" : context.picked ? "pick" : "",
    follow_up_on: context.follow_up_on,
  };
  for (const { code, first, others, people } of given) {
    fields[`outcome-${code}`] = [...first, ...others].find(({ chosen }) => chosen)?.value ?? "";
    fields[`people-${code}`] = people;
  }
  return fields;
}

/** A phone with nothing on it. */
export async function emptyPhone() {
  await newPhone();
  return new Phone();
}

/** Lan's phone, signed in, before the list is here. */
export async function lansPhone() {
  const phone = await emptyPhone();
  await signIn(LAN);
  const { server } = phone;
  server.put("hamlet", DONG);
  server.put("member", { id: "lan", name: "Nguyễn Thị Lan" });
  server.put("member", { id: "mai", name: "Hoàng Thị Mai" });
  for (const [order, [code, pillar, vi, unit = "people"]] of SERVICES.entries()) {
    const label = { vi, en: vi };
    server.put("service", { code, pillar, label, outcomes: OUTCOMES, first: FIRST, order: order + 1, unit });
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

/** Lan's phone before the commune has given a list of households. */
export async function bareList() {
  const phone = await emptyPhone();
  await signIn(LAN);
  phone.server.put("hamlet", DONG);
  await phone.sync();
  return phone;
}

/** A visit the server has; by default a teammate's. */
export function served(phone, id, changes = {}) {
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

/** A visit of Lan's that the commune sent back. */
export function returned(phone, id, reason, changes = {}) {
  const field = reason === "wrong_household" ? "household" : "services";
  const review = { state: "returned", reason, field, note: "Ghi rõ việc đã làm", at: "2026-11-23T02:00:00Z" };
  return served(phone, id, { recorded_by: "lan", review, ...changes });
}

/** The fields of a visit that can be saved. */
export function filled(changes = {}) {
  return {
    id: "20000000-0000-4000-8000-000000000001",
    household_id: "h12",
    result: "helped",
    service: ["vneid_install"],
    "outcome-vneid_install": "did_it",
    "people-vneid_install": "1",
    note: "",
    follow_up: "",
    follow_up_on: "",
    ...changes,
  };
}

export { accounts };
