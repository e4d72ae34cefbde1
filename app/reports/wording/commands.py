"""Editing the sentences of an open report, and taking the edit back."""

from datetime import datetime

from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.commune.calendar.period import Period
from app.core import desk_log
from app.core.errors import Invalid, StaleDecision
from app.core.feed import lock_feed
from app.core.numbers.id_numbers import stored_text
from app.core.text import mask_digits
from app.fieldwork.periods.errors import PeriodClosed
from app.fieldwork.periods.queries import find_closed
from app.fieldwork.remarks.commands import takes_remarks
from app.reports.query import report_table
from app.reports.wording.models import ReportWording
from app.reports.wording.queries import edited_wording, joined, wording_of

MAX_TEXT = 3_000  # characters


def edit_wording(session: Session, actor: Actor, period: Period, text: str, seen: int, now: datetime) -> None:
    """Let the report say `text` instead of its sentences; `seen`: the version that the supervisor saw. The
    sentences themselves are no edit: with them an earlier one is taken back.

    Raises `TextRefused`, `PeriodClosed`, `StaleDecision` if a colleague has edited them meanwhile; `Invalid`:
    *period* if it is any dates or has not begun; *text* if it is empty or too long; *digits* if it may hold a
    number of a card, an account or a phone.
    """
    clean = stored_text(text)
    if not clean or len(clean) > MAX_TEXT:
        raise Invalid("text")
    if mask_digits(clean) != clean:
        raise Invalid("digits")
    if not takes_remarks(period, now):
        raise Invalid("period")
    row = _locked(session, actor, period, seen)
    table = report_table(session, actor, period, now)
    generated = joined(wording_of(session, actor, table, now).sentences)
    if clean == generated:
        _take_back(session, actor, row, now)
    elif row is None or (row.text, row.generated) != (clean, generated):
        _store(session, actor, (period.code, clean, generated), seen, now)
        _note(session, actor, "report.worded", period.code, now)


def restore_wording(session: Session, actor: Actor, period: Period, seen: int, now: datetime) -> None:
    """Let the report have the sentences of its figures again; nothing happens if it has.

    Raises `PeriodClosed` and `StaleDecision`.
    """
    _take_back(session, actor, _locked(session, actor, period, seen), now)


def _locked(session: Session, actor: Actor, period: Period, seen: int) -> ReportWording | None:
    lock_feed(session, actor.commune_id)  # as closing does
    if find_closed(session, actor, period.code):
        raise PeriodClosed
    row = edited_wording(session, actor, period.code)
    if (row.version if row else 0) != seen:
        raise StaleDecision
    return row


def _take_back(session: Session, actor: Actor, row: ReportWording | None, now: datetime) -> None:
    if row is not None and row.text:
        _store(session, actor, (row.code, "", ""), row.version, now)
        _note(session, actor, "report.wording_restored", row.code, now)


def _store(session: Session, actor: Actor, values: tuple[str, str, str], version: int, now: datetime) -> None:
    """`values`: the period's code, the text, and the sentences at this time; `version`: the one before."""
    code, text, generated = values
    session.merge(
        ReportWording(
            commune_id=actor.commune_id,
            code=code,
            text=text,
            generated=generated,
            version=version + 1,
            edited_by=actor.account_id,
            edited_at=now,
        )
    )


def _note(session: Session, actor: Actor, what: str, code: str, now: datetime) -> None:
    desk_log.note(session, actor.commune_id, what, now, by=actor.account_id, period=code)
