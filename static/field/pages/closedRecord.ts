// A record that is among the figures of a closed period: whom to call, and what to read out to find it.

import { _ } from "../core/strings.ts";
import { loadDraft } from "../store/drafts.ts";
import { closedPeriodOf } from "../store/view/closedPeriods.ts";
import type { OutreachSession, Remark, View, Visit } from "../store/view/overlay.ts";
import { loadView, replicaStatus } from "../store/view/replica.ts";
import { contactsOf } from "./account/contacts.ts";
import { dayText, momentText } from "./formats.ts";
import { visitSummary } from "./labels.ts";
import { operationLabel, remarkLabel } from "./log/queueTexts.ts";
import { type LaterRequest, type PageResponse, page, redirect } from "./responses.ts";

type Handler = (request: LaterRequest) => Promise<PageResponse>;
/** as in the record's address */
type Collection = "visits" | "sessions" | "remarks";

const DRAFTS: Record<Collection, string> = {
  visits: "visit:edit:",
  sessions: "session:edit:",
  remarks: "remark:edit:",
};

/**
 * The form, or the question before a withdrawal, of the record in the address; *Báo cán bộ* instead if the server would
 * refuse what it saves. What somebody has begun to type stays within reach; what its author disowns is never refused.
 */
export function unlessClosed(show: Handler): Handler {
  return async (request) => {
    const { collection, id, period } = await findRecord(request);
    if (!period || request.url.searchParams.has("disown")) return show(request);
    if (await loadDraft(request.account.account_id, DRAFTS[collection] + id)) return show(request);
    return redirect(`/field/${collection}/${id}/closed`);
  };
}

/** *Báo cán bộ*. */
export async function showClosedRecord(request: LaterRequest): Promise<PageResponse> {
  const { view, collection, id, record, period } = await findRecord(request);
  if (!record || !period) return redirect(collection === "visits" ? `/field/visits/${id}` : "/field/log");
  return page("closed_record", {
    parent: PARENTS[collection](id),
    first: dayText(period.first),
    last: dayText(period.last),
    closed_at: momentText(period.closed_at),
    ...describe(collection, record, view),
    who: request.account.name,
    contacts: await contactsOf(request.account),
  });
}

const PARENTS: Record<Collection, (id: string) => { href: string; label: string }> = {
  visits: (id) => ({ href: `/field/visits/${id}`, label: _("Lượt thăm") }),
  sessions: () => ({ href: "/field/log", label: _("Đã ghi") }),
  remarks: () => ({ href: "/field/month", label: _("Tháng này") }),
};

function describe(collection: Collection, record: Visit | OutreachSession | Remark, view: View) {
  if (collection === "remarks")
    return { label: remarkLabel((record as Remark).text), when: momentText(record.occurred_at), what: "" };
  if (collection === "sessions")
    return {
      label: (record as OutreachSession).place,
      when: dayText((record as OutreachSession).held_on),
      what: _("Buổi tuyên truyền"),
    };
  return {
    label: operationLabel({ type: "visit.record", data: record }, view),
    when: momentText(record.occurred_at),
    what: visitSummary(record as Visit, view),
  };
}

async function findRecord({ account, params: { id }, url }: LaterRequest) {
  const [view, { closed_periods }] = await Promise.all([
    loadView(account.account_id),
    replicaStatus(account.account_id),
  ]);
  const collection = url.pathname.split("/")[2] as Collection;
  const record = view[collection].get(id);
  const period = record && closedPeriodOf(record, closed_periods);
  return { view, collection, id, record, period };
}
