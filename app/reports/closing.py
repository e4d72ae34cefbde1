"""*Chốt kỳ*: closing a period and reopening it.

Closing stores the report's table; what is received or changes later never changes it. The next period of the
same kind that is closed has the difference as an adjustment (`app.reports.adjustments`).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.author import MAX_AGE
from app.commune.accounts.models import Device
from app.commune.accounts.people import new_id
from app.commune.calendar.period import Period, PeriodKind, parse_period
from app.commune.settings import settings_of
from app.core import desk_log
from app.core.clock import local_date
from app.core.errors import Invalid, NotFound
from app.core.feed import lock_for_closing
from app.core.numbers.id_numbers import stored_text
from app.fieldwork.derived.flags.evaluation import evaluate
from app.fieldwork.periods.models import ClosedPeriod
from app.fieldwork.periods.queries import find_closed, list_closed, list_closed_of_kind
from app.fieldwork.remarks.models import KINDS
from app.reports.check_code import check_code, plain_code
from app.reports.extras.tables import current_extras, stored_tables
from app.reports.query import current_table
from app.reports.report_form.models import form_of
from app.reports.spot_checks.lines import spot_check_figures
from app.reports.summary import write_summary
from app.reports.table import ReportTable
from app.reports.wording.queries import close_wording
from app.review.visit_list.flag_queries import count_flagged

MAX_REASON = 300  # characters


@dataclass(frozen=True)
class Obstacles:
    """What is in the way of closing: flagged visits of the period that wait for a decision; phones that hold
    unsent records which can belong to it, and how many these are."""

    flagged: int
    phones: int
    unsent: int

    def __bool__(self) -> bool:
        return bool(self.flagged or self.phones)


def find_obstacles(session: Session, actor: Actor, period: Period, now: datetime) -> Obstacles:
    """What is in the way of closing the period now. What is received from now on counts at most `MAX_AGE`
    earlier, so no phone holds records of a period before that."""
    flagged = count_flagged(session, actor, period)
    if period.last < local_date(now - MAX_AGE):
        return Obstacles(flagged, 0, 0)
    waiting = visible_to(actor, Device).where(col(Device.queue_count) > 0, col(Device.revoked_at).is_(None))
    counts = waiting.with_only_columns(func.count(), func.coalesce(func.sum(col(Device.queue_count)), 0))
    phones, unsent = session.execute(counts).one()
    return Obstacles(flagged, phones, int(unsent))


def may_close(period: Period, now: datetime) -> bool:
    """Whether the period is one that is closed (not any dates), and is over."""
    return period.kind is not PeriodKind.DATES and period.last < local_date(now)


def close_period(session: Session, actor: Actor, code: str, reason: str, now: datetime) -> None:
    """Close the period. Closing it again changes nothing.

    Raises `NotFound` for a code that names no period, and `Invalid`: *period* if it is not over, or is any
    dates; *reason* if something is in the way and no reason is given, or if it is too long.
    """
    lock_for_closing(session, actor.commune_id)
    if find_closed(session, actor, code):
        return
    period = parse_period(code, settings_of(session, actor.commune_id).month_start_day)
    if not may_close(period, now):
        raise Invalid("period")
    evaluate(session, actor.commune_id)
    reason = stored_text(reason).strip()
    if len(reason) > MAX_REASON or (find_obstacles(session, actor, period, now) and not reason):
        raise Invalid("reason")
    table = current_table(session, actor, period, now)
    closed = _snapshot(actor, table, reason, now)
    closed.form = form_of(session, actor.commune_id).stored()
    close_wording(session, actor, closed, table)
    closed.spot_checks = spot_check_figures(session, actor, period)
    closed.extras = stored_tables(current_extras(session, actor, table))
    session.add(closed)
    write_summary(session, actor, closed)
    _set_stale(session, actor, period, is_stale=False)
    session.flush()
    desk_log.note(session, actor.commune_id, "period.closed", now, by=actor.account_id, period=code)


def reopen_period(session: Session, actor: Actor, code: str, reason: str, now: datetime) -> None:
    """*Mở lại*: the period's figures are counted from its visits again, and its adjustments are pending
    again.

    Raises `NotFound` for a period that is not closed, and `Invalid`: *reason* if it is missing or too long,
    *period* if a later one of its kind is closed, because that may have an adjustment of this one.
    """
    lock_for_closing(session, actor.commune_id)
    closed = find_closed(session, actor, code)
    if closed is None:
        raise NotFound
    reason = stored_text(reason).strip()
    if not reason or len(reason) > MAX_REASON:
        raise Invalid("reason")
    if later_closed(session, actor, closed):
        raise Invalid("period")
    _set_stale(session, actor, closed.period, is_stale=True)
    closed.reopened_at, closed.reopened_by, closed.reopen_reason = now, actor.account_id, reason
    session.add(closed)
    write_summary(session, actor, closed)
    session.flush()
    desk_log.note(session, actor.commune_id, "period.reopened", now, by=actor.account_id, period=code)


def _set_stale(session: Session, actor: Actor, period: Period, *, is_stale: bool) -> None:
    """Of the earlier closed periods that the report of this one adjusts, or does not any more."""
    for one in list_closed_of_kind(session, actor, period.kind):
        if one.last < period.first and one.is_stale != is_stale:
            one.is_stale = is_stale
            session.add(one)


def later_closed(session: Session, actor: Actor, closed: ClosedPeriod) -> ClosedPeriod | None:
    """The latest closed period of the same kind after this one; None if this one may be reopened."""
    of_kind = list_closed(session, actor, closed.kind)
    later = [one for one in of_kind if one.first > closed.last]
    return later[0] if later else None


def _snapshot(actor: Actor, table: ReportTable, reason: str, now: datetime) -> ClosedPeriod:
    return ClosedPeriod(
        commune_id=actor.commune_id,
        id=new_id(),
        kind=table.period.kind,
        code=table.period.code,
        first=table.period.first,
        last=table.period.last,
        closed_at=now,
        closed_by=actor.account_id,
        reason=reason,
        columns=[[column.code, column.heading, column.kind] for column in table.columns],
        rows=[[row.hamlet_id, *row.cells] for row in table.rows if not row.adjusts],
        notes=list(table.notes),
        remarks={
            kind: [[one.day.isoformat(), one.author, one.text] for one in written]
            for kind, written in zip(KINDS, (table.difficulties, table.practices), strict=True)
        },
        adjustments=[values for one in table.adjustments for values in one.values],
        printed_adjustments=[[row.adjusts, *row.cells] for row in table.rows if row.adjusts],
        check_code=plain_code(check_code(table)),
    )
