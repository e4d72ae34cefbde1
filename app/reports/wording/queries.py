"""The sentences of a period's report as it shows them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.commune.accounts.commune import supervisor_names
from app.core.clock import wire_time
from app.fieldwork.periods.models import ClosedPeriod
from app.fieldwork.periods.queries import find_closed
from app.reports.compare import table_before
from app.reports.table import ReportTable
from app.reports.wording.models import ReportWording
from app.reports.wording.sentences import write_sentences


@dataclass(frozen=True)
class Wording:
    """The sentences of a report. `sentences`: what its figures say; `text`: what somebody has made of them,
    empty if nobody has; then `edited_by` is the name, and `is_outdated`: the figures have changed since.
    `version`: of the text that can be edited."""

    sentences: tuple[str, ...]
    text: str = ""
    edited_by: str = ""
    edited_at: datetime | None = None
    is_outdated: bool = False
    version: int = 0

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """What is printed: the edited text, or all sentences as one paragraph."""
        return tuple(self.text.split("\n")) if self.text else (joined(self.sentences),)


def wording_of(
    session: Session, actor: Actor, table: ReportTable, now: datetime, before: ReportTable | None = None
) -> Wording:
    """The sentences of a report; of a closed period those that it was closed with. `before`: the report of
    the period before, if it was read already."""
    closed = find_closed(session, actor, table.period.code)
    names = supervisor_names(session, actor)
    if closed is not None and closed.wording:
        return _closed(closed.wording, names)
    sentences = write_sentences(table, before or table_before(session, actor, table, now))
    row = None if closed else edited_wording(session, actor, table.period.code)
    return _edited(row, sentences, names) if row else Wording(sentences)


def edited_wording(session: Session, actor: Actor, code: str) -> ReportWording | None:
    """The row of what somebody has made of the sentences of an open period, also if it was taken back; None
    if nobody has."""
    return session.get(ReportWording, (actor.commune_id, code))


def close_wording(session: Session, actor: Actor, closed: ClosedPeriod, table: ReportTable) -> None:
    """Store the sentences with a period that is being closed: with its figures they do not change any more.

    The edit stays for the case that the period is reopened.
    """
    sentences = write_sentences(table, table_before(session, actor, table, closed.closed_at))
    row = edited_wording(session, actor, closed.code)
    row = row if row and row.text else None
    closed.wording = {"sentences": [*sentences]}
    if row:
        closed.wording |= {
            "text": row.text,
            "edited_by": row.edited_by,
            "edited_at": wire_time(row.edited_at),
            "is_outdated": row.generated != joined(sentences),
        }


def joined(sentences: tuple[str, ...]) -> str:
    """The sentences as one text, as they are edited and compared."""
    return " ".join(sentences)


def _edited(row: ReportWording, sentences: tuple[str, ...], names: dict[str, str]) -> Wording:
    if not row.text:
        return Wording(sentences, version=row.version)
    return Wording(
        sentences,
        text=row.text,
        edited_by=names.get(row.edited_by, ""),
        edited_at=row.edited_at,
        is_outdated=row.generated != joined(sentences),
        version=row.version,
    )


def _closed(stored: dict[str, Any], names: dict[str, str]) -> Wording:
    if "text" not in stored:
        return Wording(tuple(stored["sentences"]))
    return Wording(
        tuple(stored["sentences"]),
        text=stored["text"],
        edited_by=names.get(stored["edited_by"], ""),
        edited_at=datetime.fromisoformat(stored["edited_at"]),
        is_outdated=stored["is_outdated"],
    )
