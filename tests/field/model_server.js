// A server in a few lines: what docs/sync-protocol.md asks of it, in memory, with the faults a network has.

const EMPTY = { household: [], visit: [], follow_up: [], hamlet: [], member: [], service: [], guide: [], gone: [] };

export class ModelServer {
  constructor({ hamlets = ["dong"], pageRows = 2000 } = {}) {
    this.pageRows = pageRows;
    this.hamlets = new Set(hamlets);
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
    this.requests = [];
    /** Every version that an operation was ever acknowledged with, in whichever history: `op_id version`. */
    this.told = new Set();
    /** The op_ids that came with a version which they never had. */
    this.invented = [];
    /** What files are to be made for: `{id, public_key}`. */
    this.backup_key = undefined;
    /** Whether the phone is out of service. */
    this.suspended = false;
    /** What the server decides of an operation, if not to apply it: `{status, code, fields}`. */
    this.decide = () => null;
    /** Whether it refuses to read a request: `{status, error}`. */
    this.refuse = () => null;
    this.fetch = (address, init) => this.answer(address, init);
  }

  /** Puts a row on the server, as if another phone or the desk had. */
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

  /** The row, as the server has it now. */
  row(kind, id) {
    return this.state.rows.get(`${kind} ${id}`)?.row;
  }

  /** The household that an operation names, or the one it was merged into. */
  standing(id) {
    return !this.row("household", id) && this.state.merged.has(id) ? this.standing(this.state.merged.get(id)) : id;
  }

  gone(kind, id, hamlet_id, moved_to = null) {
    if (moved_to) this.state.merged.set(id, moved_to);
    this.state.rows.delete(`${kind} ${id}`);
    this.put("gone", { kind, id, hamlet_id, moved_to });
  }

  /** The commune decides not to count an operation that was kept apart. */
  drop(op_id) {
    this.gone("operation", op_id, "");
  }

  /** The commune takes in an operation that was kept apart. */
  takeIn(op) {
    this.state.ledger.set(op.op_id, "applied");
    this.applied.set(op.op_id, 1);
    this.gone("accepted", op.op_id, "");
    this.apply(op);
  }

  backup() {
    return structuredClone(this.state);
  }

  restore(backup, epoch) {
    this.state = { ...structuredClone(backup), epoch };
  }

  /** How often each operation was applied in the history that stands. */
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
    const results = request.ops.map((op) => this.judge(op));
    const told = request.once ? results.flatMap(({ row }) => (row ? [row.feed_seq] : [])) : [];
    const key = request.key === this.backup_key?.id ? {} : { backup_key: this.backup_key };
    return json({ ...key, ...(this.suspended ? this.nothing(request) : this.page(request, told)), results });
  }

  /** What a phone out of service is told. */
  nothing({ epoch, scope, cursor }) {
    const reset = epoch !== this.state.epoch || scope === undefined;
    const stays = { epoch: this.state.epoch, cursor: cursor ?? 0, scope: scope ?? "", hamlets: [], reset };
    const { server_time, next_seq } = this.page({});
    return { proto: 1, server_time, next_seq, ...stays, changes: EMPTY, more: false, left: 0, erase: true };
  }

  judge(op) {
    if (op.got !== undefined && !this.told.has(`${op.op_id} ${op.got}`)) this.invented.push(op.op_id);
    const known = this.state.ledger.get(op.op_id);
    if (known) return this.result(op, known === "applied" ? "duplicate" : known);
    const decision = this.suspended ? { status: "quarantined", code: "revoked" } : this.decide(op);
    if (decision?.status === "rejected" || decision?.status === "retry") return { op_id: op.op_id, ...decision };
    this.state.next_seq = Math.max(this.state.next_seq, op.seq + 1);
    this.state.ledger.set(op.op_id, decision?.status ?? "applied");
    if (decision) return { ...this.result(op, decision.status), ...decision };
    this.applied.set(op.op_id, (this.applied.get(op.op_id) ?? 0) + 1);
    this.apply(op);
    return this.result(op, "applied");
  }

  /** The row stands beside a conflict too; only what was applied has a version. */
  result(op, status) {
    const row = this.row(op.type.split(".")[0], this.standing(op.data.id));
    if (!row || status === "quarantined") return { op_id: op.op_id, status };
    if (status === "conflict") return { op_id: op.op_id, status, row };
    this.told.add(`${op.op_id} ${row.version}`);
    return { op_id: op.op_id, status, row, version: row.version };
  }

  apply({ type, data: { ...data }, at }) {
    const [kind, verb] = type.split(".");
    data.id = this.standing(data.id);
    const before = this.row(kind, data.id);
    if (this.state.withdrawn.has(data.id)) return;
    if (verb === "withdraw") {
      this.state.withdrawn.add(data.id);
      if (before) this.gone("visit", data.id, before.hamlet_id);
      return;
    }
    const { base_version: _base, phone_consent: _consent, ...given } = data;
    const version = (before?.version ?? 0) + 1;
    if (kind === "household") {
      this.put("household", { house_no: "", alley: "", phone: null, state: "active", ...before, ...given, version });
      return;
    }
    const hamlet_id = this.row("household", data.household_id)?.hamlet_id ?? "dong";
    const review = { state: "received", reason: "", field: "", note: "", at: null };
    const received = { received_at: "2026-11-24T09:40:00Z", counted_on: "2026-11-24", recorded_by: "lan" };
    this.put("visit", { occurred_at: at, ...received, ...before, ...given, review, hamlet_id, version });
    if (data.follow_up_on) {
      this.put("follow_up", {
        id: data.id,
        household_id: data.household_id,
        due_on: data.follow_up_on,
        closed_by: null,
      });
    }
  }

  /** The rows after the cursor, but those that the results have `told` already, unless everything begins anew. */
  page({ epoch, scope, cursor }, told = []) {
    const { head } = this.state;
    const reset = epoch !== this.state.epoch || scope !== this.scope || cursor === undefined || cursor > head;
    const from = reset ? 0 : cursor;
    const rows = [...this.state.rows.values()]
      .filter(({ row }) => reset || !told.includes(row.feed_seq))
      .filter(({ row }) => row.feed_seq > from && (!row.hamlet_id || this.hamlets.has(row.hamlet_id)))
      .sort((one, other) => one.row.feed_seq - other.row.feed_seq);
    const shown = rows.slice(0, this.pageRows);
    const changes = structuredClone(EMPTY);
    for (const { kind, row } of shown) changes[kind].push(row);
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
    };
  }
}

export function json(body, status = 200, headers = {}) {
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });
}

/** The network drops the request before the server has it. */
export function unreachable() {
  return Promise.reject(new TypeError("Failed to fetch"));
}

/** The server does its work, and the answer is lost on the way. */
export function losing(server) {
  return async (...args) => {
    await server.fetch(...args);
    return unreachable();
  };
}

async function bodyOf({ body, headers }) {
  if (headers["Content-Encoding"] !== "gzip") return body;
  return new Response(new Blob([body]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}
