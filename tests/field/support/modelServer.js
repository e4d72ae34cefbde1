// A server in memory that follows docs/sync-protocol.md, and failures of the network.
import { kindOf, minimalResult, withAnswer } from "./modelRows.js";

const EMPTY = {
  household: [],
  visit: [],
  follow_up: [],
  outreach_session: [],
  remark: [],
  hamlet: [],
  member: [],
  service: [],
  guide: [],
  tombstone: [],
};

export class ModelServer {
  questions = undefined;
  erased = new Set(); // the ids of erased households, also after a restore

  constructor({ hamlets = ["dong"], pageRows = 2000 } = {}) {
    this.pageRows = pageRows;
    this.hamlets = new Set(hamlets);
    /** The day on which the commune's months begin; undefined: the first. */
    this.monthStartDay = undefined;
    this.silenceDays = undefined;
    this.isLeader = undefined;
    /** Another phone of the account: `{name, at, invited_by}`; and where the commune is: `{address, code, until}`. */
    this.otherPhone = this.moved = undefined;
    /** The own days of the phone's owner, and the closed periods: `{version, …}`. */
    this.ownDays = this.closedPeriods = undefined;
    this.state = {
      epoch: "first",
      head: 0,
      rows: new Map(),
      ledger: new Map(),
      applied: new Map(),
      withdrawn: new Set(),
      merged: new Map(),
      next_seq: 1,
    };
    /** Whose operations these are. */
    this.author = "lan";
    this.requests = [];
    /** Every version that an operation was acknowledged with, in any epoch: `op_id version`. */
    this.ackedVersions = new Set();
    /** The op_ids that came with an `acked_version` that they were never acknowledged with. */
    this.invented = [];
    /** The key for export files: `{id, public_key}`. */
    this.export_key = undefined;
    /** Whether the phone is revoked. */
    this.suspended = false;
    /** The result of an operation that is not applied: `{status, code, fields}`; null to apply it. */
    this.decide = () => null;
    /** The error that answers a whole request: `{status, error}`; null to read it. */
    this.refuse = () => null;
    this.fetch = (address, init) => this.answer(address, init);
  }

  /** A guide, as the server sends it. */
  guide(id, changes = {}) {
    const row = { pillar: "eid", order: 1, title: id, html: "<p>x</p>", services: [id], changed_on: "2026-11-20" };
    return this.put("guide", { id, is_own: false, ...row, ...changes });
  }

  /** Puts a row on the server, as another phone or the desk does. */
  put(kind, row) {
    this.state.head += 1;
    const stored = { ...row, feed_seq: this.state.head };
    this.state.rows.set(`${kind} ${row.id ?? row.code}`, { kind, row: stored });
    return stored;
  }

  household(id, changes = {}) {
    const row = { id, hamlet_id: "dong", head_name: `Hộ ${id}`, house_no: id, alley: "", phone: null, state: "active" };
    return this.put("household", { version: 1, ...row, ...changes });
  }

  /** The server's current row. */
  row(kind, id) {
    return this.state.rows.get(`${kind} ${id}`)?.row;
  }

  /** The household that an operation names, or the one it was merged into. */
  survivor(id) {
    return !this.row("household", id) && this.state.merged.has(id) ? this.survivor(this.state.merged.get(id)) : id;
  }

  tombstone(kind, id, hamlet_id, moved_to = null) {
    if (moved_to) this.state.merged.set(id, moved_to);
    this.state.rows.delete(`${kind} ${id}`);
    this.put("tombstone", { kind, id, hamlet_id, moved_to });
  }

  /** The commune erases a household: whatever names it from now on is stored nowhere. */
  erase(id, hamlet_id = "dong") {
    this.erased.add(id);
    for (const { kind, row } of [...this.state.rows.values()])
      if (kind === "visit" && row.household_id === id) this.tombstone("visit", row.id, row.hamlet_id);
    this.state.rows.delete(`household ${id}`);
    const tombstone = this.put("tombstone", { kind: "household", id, hamlet_id, moved_to: "erased" });
    this.state.head += 1;
    const wide = { ...tombstone, hamlet_id: "", feed_seq: this.state.head }; // for every phone of the commune
    this.state.rows.set(`tombstone ${id} of all`, { kind: "tombstone", row: wide });
  }

  /** The commune drops a quarantined operation. */
  drop(op_id) {
    this.tombstone("operation", op_id, "");
  }

  /** The commune accepts a quarantined operation. */
  accept(op) {
    this.state.ledger.set(op.op_id, "applied");
    this.applied.set(op.op_id, 1);
    this.tombstone("accepted", op.op_id, "");
    this.apply(op);
  }

  backup() {
    return structuredClone(this.state);
  }

  restore(backup, epoch) {
    this.state = { ...structuredClone(backup), epoch };
  }

  /** How often each operation was applied in this epoch's history. */
  get applied() {
    return this.state.applied;
  }

  get scope() {
    return `scope-${[...this.hamlets].sort().join("-")}`;
  }

  async answer(_address, init) {
    const request = JSON.parse(await bodyOf(init));
    this.requests.push(request);
    const refused = this.refuse(request);
    if (refused) return json({ proto: 1, error: refused.error, fields: refused.fields ?? [] }, refused.status);
    const whole = request.ops.map((op) => this.process(op));
    const resultRows = request.omit_result_rows ? whole.flatMap(({ row }) => (row ? [row.feed_seq] : [])) : [];
    const results = request.minimal_results ? whole.map((result, n) => minimalResult(request.ops[n], result)) : whole;
    const key = request.export_key_id === this.export_key?.id ? {} : { export_key: this.export_key };
    const asked = request.days_version !== undefined && request.days_version !== this.ownDays?.version;
    const own_days = asked ? this.ownDays : undefined;
    return json({ ...key, own_days, ...this.pageFor(request, resultRows), results });
  }

  pageFor(request, resultRows) {
    if (this.suspended) return this.erasePage(request);
    return this.moved ? this.movedPage(request) : this.page(request, resultRows);
  }

  /** The page at an address that the commune has left: no rows, and what the phone has stays. */
  movedPage({ scope, cursor }) {
    const stays = { cursor: cursor ?? 0, scope: scope ?? "", reset: false, more: scope === undefined, left: 0 };
    return { ...this.page({}), changes: EMPTY, ...stays, moved: this.moved };
  }

  /** The page for a revoked phone: no rows, and `erase`. */
  erasePage({ epoch, scope, cursor }) {
    const reset = epoch !== this.state.epoch || scope === undefined;
    const stays = { epoch: this.state.epoch, cursor: cursor ?? 0, scope: scope ?? "", hamlets: [], reset };
    const { server_time, next_seq } = this.page({});
    return { proto: 1, server_time, next_seq, ...stays, changes: EMPTY, more: false, left: 0, erase: true };
  }

  /** The result of an operation, which is applied unless it is known or `decide` says otherwise. */
  process(op) {
    if (op.acked_version !== undefined && !this.ackedVersions.has(`${op.op_id} ${op.acked_version}`))
      this.invented.push(op.op_id);
    const known = this.state.ledger.get(op.op_id);
    if (known) return this.result(op, known === "applied" ? "duplicate" : known);
    const named = op.type.startsWith("household.") ? op.data.id : op.data.household_id;
    if (this.erased.has(named)) return { op_id: op.op_id, status: "duplicate", code: "erased" };
    if (named === "erased") return { op_id: op.op_id, status: "rejected", code: "invalid", fields: ["household_id"] };
    const withheld = (this.suspended && "revoked") || (this.moved && "moved");
    const decision = withheld ? { status: "quarantined", code: withheld } : this.decide(op);
    if (decision?.status === "rejected" || decision?.status === "retry") return { op_id: op.op_id, ...decision };
    this.state.next_seq = Math.max(this.state.next_seq, op.seq + 1);
    this.state.ledger.set(op.op_id, decision?.status ?? "applied");
    if (decision) return { ...this.result(op, decision.status), ...decision };
    this.applied.set(op.op_id, (this.applied.get(op.op_id) ?? 0) + 1);
    this.apply(op);
    return this.result(op, "applied");
  }

  /** A result with its row. A conflict has the row too, but only what was applied has a version. */
  result(op, status) {
    const row = this.row(kindOf(op.type), this.survivor(op.data.id));
    if (!row || status === "quarantined") return { op_id: op.op_id, status };
    if (status === "conflict") return { op_id: op.op_id, status, row };
    this.ackedVersions.add(`${op.op_id} ${row.version}`);
    return { op_id: op.op_id, status, row, version: row.version };
  }

  apply({ type, data: { ...data }, at }) {
    const [kind, verb] = [kindOf(type), type.split(".")[1]];
    data.id = this.survivor(data.id);
    const before = this.row(kind, data.id);
    if (kind === "request" || this.state.withdrawn.has(data.id)) return; // of a request no phone gets a row
    if (verb === "withdraw") {
      this.state.withdrawn.add(data.id);
      if (before) this.tombstone(kind, data.id, before.hamlet_id ?? "");
      return;
    }
    const { base_version: _base, consent: _consent, seen_return: seen, quick: _quick, answer, ...fields } = data;
    const version = (before?.version ?? 0) + 1;
    if (kind === "household") {
      this.put("household", { house_no: "", alley: "", phone: null, state: "active", ...before, ...fields, version });
      return;
    }
    if (kind === "outreach_session" || kind === "remark") {
      const author = kind === "remark" ? {} : { recorded_by: this.author };
      const received = { occurred_at: at, received_at: "2026-11-24T09:40:00Z", ...author };
      this.put(kind, { ...received, ...before, ...fields, counted_on: fields.held_on ?? fields.about_on, version });
      return;
    }
    const hamlet_id = this.row("household", data.household_id)?.hamlet_id ?? (this.author === "nam" ? "tay" : "dong");
    const stands = before?.review.state === "returned" && seen !== undefined && (seen ?? "") < before.review.at;
    const review = stands ? before.review : { state: "received", reason: "", field: "", note: "", at: null };
    const received = { received_at: "2026-11-24T09:40:00Z", counted_on: "2026-11-24", recorded_by: this.author };
    const row = { ...received, ...before, ...fields, ...withAnswer(before, answer, at) };
    this.put("visit", { occurred_at: at, ...row, review, hamlet_id, version });
    if (data.follow_up_on) {
      this.put("follow_up", {
        id: data.id,
        household_id: data.household_id,
        due_on: data.follow_up_on,
        closed_by: null,
      });
    }
  }

  /** The rows after the cursor, without those that the results contain (`resultRows`); after a reset, all rows. */
  page({ epoch, scope, cursor, guide_cursor, periods_version }, resultRows = []) {
    const { head } = this.state;
    const reset = epoch !== this.state.epoch || scope !== this.scope || cursor === undefined || cursor > head;
    const from = reset ? 0 : cursor;
    const isGuide = ({ kind }) => kind === "guide";
    const all = [...this.state.rows.values()];
    const rows = all
      .filter((entry) => !isGuide(entry))
      .filter(({ row }) => reset || !resultRows.includes(row.feed_seq))
      .filter(({ row }) => row.feed_seq > from && (!row.hamlet_id || this.hamlets.has(row.hamlet_id)))
      .sort((one, other) => one.row.feed_seq - other.row.feed_seq);
    const shown = rows.slice(0, this.pageRows);
    const changes = structuredClone(EMPTY);
    for (const { kind, row } of shown) changes[kind].push(row);
    if (epoch === this.state.epoch && guide_cursor !== undefined)
      changes.guide = all
        .filter(isGuide)
        .map(({ row }) => row)
        .filter(({ feed_seq }) => feed_seq > guide_cursor);
    const more = rows.length > shown.length;
    return {
      proto: 1,
      server_time: "2026-11-24T09:40:00.000Z",
      epoch: this.state.epoch,
      scope: this.scope,
      next_seq: this.state.next_seq,
      hamlets: [...this.hamlets].map((id) => ({ id, name: `Thôn ${id}` })),
      reset,
      changes,
      cursor: more ? shown.at(-1).row.feed_seq : head,
      more,
      left: rows.length - shown.length,
      month_start_day: this.monthStartDay,
      silence_days: this.silenceDays,
      questions: this.questions,
      is_leader: this.isLeader,
      other_phone: this.otherPhone,
      closed_periods: this.closedPeriods?.version === periods_version ? undefined : this.closedPeriods,
    };
  }
}

export function json(body, status = 200, headers = {}) {
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });
}

/** The network loses the request. */
export function unreachable() {
  return Promise.reject(new TypeError("Failed to fetch"));
}

/** The server applies the request, and the network loses the answer. */
export function loseAnswers(server) {
  return async (...args) => {
    await server.fetch(...args);
    return unreachable();
  };
}

async function bodyOf({ body, headers }) {
  if (headers["Content-Encoding"] !== "gzip") return body;
  return new Response(new Blob([body]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}
