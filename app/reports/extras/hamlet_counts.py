"""The adults and household businesses of hamlets, as somebody else has counted them: typing and undoing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.commune.teams.hamlets import list_hamlets
from app.core import desk_log
from app.core.clock import local_date
from app.core.errors import Invalid, StaleDecision
from app.core.numbers.id_numbers import stored_text
from app.core.text import mask_digits
from app.core.types import code_of
from app.reports.extras.choice import lock_commune
from app.reports.extras.models import COUNT_KINDS, HamletCount

MAX_SOURCE = 80  # characters
MAX_COUNT = 100_000
"""Of one hamlet: more than any has."""
MAX_AGE = 10  # years between the day of the numbers and today
_NUMBER = re.compile(r"[0-9]{1,6}|[0-9]{1,3}(?:[. ][0-9]{3})+")


@dataclass(frozen=True)
class TypedCounts:
    """The numbers as somebody typed them: by the hamlet's id, empty for a hamlet that the source does not
    have. `as_of`: None for what is no day."""

    source: str
    as_of: date | None
    counts: Mapping[str, str]


def save_counts(
    session: Session, actor: Actor, kind: str, typed: TypedCounts, seen: int, now: datetime
) -> None:
    """Have reports print these numbers; `seen`: the version that the supervisor saw, 0 for none. The same
    numbers again change nothing.

    Raises `TextRefused`; `Invalid` with what is not understood: *source*, *as_of*, *hamlet.‹id›* of a number,
    *counts* if there is none; `StaleDecision` if a colleague has typed or undone some meanwhile.
    """
    known_kind = code_of(COUNT_KINDS, kind)
    if known_kind is None:
        raise Invalid("kind")
    source, as_of, counts = _read(session, actor, typed, local_date(now))
    lock_commune(session, actor)
    versions = list_counts(session, actor, kind)
    current = current_count(versions)
    if current and (current.source, current.as_of, current.counts) == (source, as_of, counts):
        return
    if (current.version if current else 0) != seen:
        raise StaleDecision
    session.add(
        HamletCount(
            commune_id=actor.commune_id,
            kind=known_kind,
            version=1 + max((one.version for one in versions), default=0),
            counts=counts,
            source=source,
            as_of=as_of,
            typed_by=actor.account_id,
            typed_at=now,
        )
    )
    session.flush()
    desk_log.note(session, actor.commune_id, "hamlet_count.typed", now, by=actor.account_id, kind=kind)


def undo_counts(session: Session, actor: Actor, kind: str, version: int, now: datetime) -> None:
    """Let the numbers before these count again, or none; a second time changes nothing. The version stays,
    with who has undone it.

    Raises `StaleDecision` unless these are the ones that count.
    """
    lock_commune(session, actor)
    versions = list_counts(session, actor, kind)
    row = next((one for one in versions if one.version == version), None)
    if row is not None and row.undone_at is not None:
        return
    if row is None or current_count(versions) is not row:
        raise StaleDecision
    row.undone_at, row.undone_by = now, actor.account_id
    session.add(row)
    desk_log.note(session, actor.commune_id, "hamlet_count.undone", now, by=actor.account_id, kind=kind)


def list_counts(session: Session, actor: Actor, kind: str) -> list[HamletCount]:
    """All versions of a kind, also undone ones, the newest first."""
    wanted = visible_to(actor, HamletCount).where(HamletCount.kind == kind)
    return list(session.exec(wanted.order_by(col(HamletCount.version).desc())))


def current_count(versions: list[HamletCount]) -> HamletCount | None:
    """The newest version that was not undone: what the next one replaces."""
    return next((one for one in versions if one.undone_at is None), None)


def count_of_year(versions: list[HamletCount], year: int) -> HamletCount | None:
    """The numbers for reports of a year: those of its newest day, or of the newest day before it; None if
    there are none. Of two versions of one day the newer."""
    standing = [one for one in versions if one.undone_at is None and one.as_of.year <= year]
    return max(standing, key=lambda one: (one.as_of, one.version), default=None)


def _read(
    session: Session, actor: Actor, typed: TypedCounts, today: date
) -> tuple[str, date, dict[str, int]]:
    source = stored_text(typed.source).strip()
    wrong = [] if fits(source, MAX_SOURCE) else ["source"]
    as_of = typed.as_of
    if as_of is None or not today.year - MAX_AGE <= as_of.year or as_of > today:
        wrong.append("as_of")
    hamlets = {hamlet.id for hamlet in list_hamlets(session, actor)}
    texts = {id: text.strip() for id, text in typed.counts.items() if id in hamlets and text.strip()}
    counts = {id: number for id, text in texts.items() if (number := _parse(text)) is not None}
    wrong += [f"hamlet.{id}" for id in texts if id not in counts]
    if not texts:
        wrong.append("counts")
    if wrong or as_of is None:
        raise Invalid(*wrong)
    return source, as_of, counts


def _parse(text: str) -> int | None:
    """*1.850* and *1850*; None for anything else, and for more than `MAX_COUNT`."""
    number = int(re.sub("[. ]", "", text)) if _NUMBER.fullmatch(text) else MAX_COUNT + 1
    return number if number <= MAX_COUNT else None


def fits(text: str, most: int) -> bool:
    """Whether a text has one line of at most so many characters, and no long number."""
    is_short = bool(text) and len(text) <= most and "\n" not in text
    return is_short and mask_digits(text) == text
