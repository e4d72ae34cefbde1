"""Writing, changing and removing remarks, until a period that has them is closed."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.commune.accounts.access import Actor, find
from app.commune.calendar.period import Period, PeriodKind
from app.core import desk_log
from app.core.batch import Batch
from app.core.clock import local_date
from app.core.errors import Invalid, NotFound
from app.core.feed import Tombstone, feed, lock_feed
from app.core.numbers.id_numbers import stored_text
from app.core.text import mask_digits
from app.core.types import code_of
from app.fieldwork.periods.errors import PeriodClosed
from app.fieldwork.periods.queries import find_closed, refuse_closed
from app.fieldwork.remarks.models import KINDS, RemarkKind, ReportRemark
from app.fieldwork.remarks.operations import MAX_TEXT, add_tombstone
from app.fieldwork.remarks.queries import count_at_desk

MAX_REMARKS = 100  # of one period, written at the desk


@dataclass(frozen=True)
class RemarkText:
    """What somebody wrote. `kind`: one of `KINDS`."""

    kind: str
    text: str


def write(
    session: Session, actor: Actor, period: Period, remark_id: str, content: RemarkText, now: datetime
) -> None:
    """Add a remark to a period, or change the remark of this id. Repeating the call changes nothing.

    Raises `TextRefused`, `PeriodClosed` if the remark's period is closed, `NotFound` if the remark was
    removed, and `Invalid` with the name of what is wrong: *kind*; *text* (empty or too long); *digits* (it
    may hold a number of an identity card, an account or a phone); *author* (a leader wrote it on the phone);
    *period* (it has not begun); *count* (the period has `MAX_REMARKS`).
    """
    kind, text = _checked(content)
    lock_feed(session, actor.commune_id)
    known = session.get(ReportRemark, (actor.commune_id, remark_id))
    if known is not None:
        _change(session, actor, known, kind, text, now)
        return
    today = local_date(now)
    if period.first > today:
        raise Invalid("period")
    if find_closed(session, actor, period.code):
        raise PeriodClosed
    if count_at_desk(session, actor, period) >= MAX_REMARKS:
        raise Invalid("count")
    added = ReportRemark(
        commune_id=actor.commune_id,
        id=remark_id,
        kind=kind,
        text=text,
        about_on=min(today, period.last),
        counted_on=min(today, period.last),
        written_by=actor.account_id,
        occurred_at=now,
        feed_seq=0,
        received_at=now,
        counted_since=now,
    )
    _store(session, added)
    _note(session, actor, "remark.written", remark_id, now)


def remove(session: Session, actor: Actor, remark_id: str, now: datetime) -> None:
    """Remove a remark, also a leader's, whose phones delete it; a second time changes nothing.

    Raises `NotFound` and `PeriodClosed`.
    """
    lock_feed(session, actor.commune_id)
    remark = find(session, actor, ReportRemark, remark_id)
    if remark.withdrawn_at is not None:
        return
    _refuse_closed(session, remark)
    batch = Batch(actor.commune_id)
    batch.load(ReportRemark, [remark.model_dump()])
    row = batch.get(ReportRemark, remark_id)
    assert row is not None, "loaded above"
    changed = batch.change(ReportRemark, row)
    changed["withdrawn_at"], changed["withdrawn_by"] = now, actor.account_id
    changed["counted_since"] = now
    if row["device_id"] is not None:
        add_tombstone(batch, row)
    session.expunge(remark)
    batch.write(session, (Tombstone, ReportRemark))
    _note(session, actor, "remark.removed", remark_id, now)


def takes_remarks(period: Period, now: datetime) -> bool:
    """Whether remarks can be added to the period now, unless it is closed."""
    return period.kind is not PeriodKind.DATES and period.first <= local_date(now)


def _change(
    session: Session, actor: Actor, remark: ReportRemark, kind: RemarkKind, text: str, now: datetime
) -> None:
    if remark.withdrawn_at is not None:
        raise NotFound
    if remark.device_id is not None:
        raise Invalid("author")
    if (remark.kind, remark.text) == (kind, text):
        return
    _refuse_closed(session, remark)
    remark.kind, remark.text, remark.changed_at = kind, text, now
    _store(session, remark)
    _note(session, actor, "remark.changed", remark.id, now)


def _store(session: Session, remark: ReportRemark) -> None:
    with session.no_autoflush:
        session.add(remark)
        feed(session, remark.commune_id, [remark])
    session.flush()


def _checked(content: RemarkText) -> tuple[RemarkKind, str]:
    kind = code_of(KINDS, content.kind)
    if kind is None:
        raise Invalid("kind")
    text = stored_text(content.text).strip()
    if not text or len(text) > MAX_TEXT:
        raise Invalid("text")
    if mask_digits(text) != text:
        raise Invalid("digits")
    return kind, text


def _refuse_closed(session: Session, remark: ReportRemark) -> None:
    refuse_closed(session, remark.commune_id, [(remark.counted_on, remark.counted_since)])


def _note(session: Session, actor: Actor, what: str, remark_id: str, now: datetime) -> None:
    desk_log.note(session, actor.commune_id, what, now, by=actor.account_id, remark=remark_id)
