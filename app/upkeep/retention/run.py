"""A run of retention: commune by commune, in short transactions, each of some rows.

Beside it others go on working; what a run does not finish is purged by the next one. The numbers of the feed
are few a transaction, and phones get nothing of old visits (`app/sync/stored_rows.py`).
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from sqlmodel import Session, col, select

from app.commune.areas import Commune
from app.commune.moving import CommuneArrival
from app.core import desk_log
from app.core.db import Database
from app.upkeep.erasure.erasing import numbered
from app.upkeep.retention.anonymous import ensure_account
from app.upkeep.retention.imports import IMPORTS
from app.upkeep.retention.people import PEOPLE
from app.upkeep.retention.spot_checks import SPOT_CHECKS
from app.upkeep.retention.steps import Step
from app.upkeep.retention.versions import VERSIONS
from app.upkeep.retention.visits import VISITS

EVENT: Final = "data.purged"
JOB: Final = "retention"  # its `DailyJob`
AT_ONCE = 200  # rows in one transaction
STEPS: tuple[Step, ...] = (VISITS, *VERSIONS, IMPORTS, *PEOPLE, SPOT_CHECKS)
_ALL = 10_000_000  # more rows than a commune has


@dataclass(frozen=True)
class Purged:
    """What a run has purged of a commune, or would purge: how many rows of each step; `code`: its official
    one."""

    code: str
    counts: Mapping[str, int]


def run(database: Database, now: datetime, code: str = "") -> list[Purged]:
    """Purge what is over, of every commune or of the one with this official code: none if it has not begun.
    A commune of which anything went gets one entry in its desk log. Raises `Unavailable`."""
    return [one for one in pieces(database, now, code) if one]


def pieces(database: Database, now: datetime, code: str = "") -> Iterator[Purged | None]:
    """The same piece by piece, none longer than a look at a commune or a transaction, so that whoever runs it
    can rest between two, or stop. What is left then is purged by the next run."""
    for commune_id, official in database.read(partial(communes, code=code)):
        counts: Counter[str] = Counter()
        for step in database.read(partial(_due_steps, commune_id=commune_id, now=now)):
            yield None
            if step.is_of_authors:
                database.write(partial(_make_author, commune_id=commune_id, now=now))
            for done in _purge(database, step, commune_id, now):
                counts[step.name] += done
                yield None
        purged = {**+counts}
        if purged:
            database.write(partial(_note, commune_id=commune_id, now=now, counts=purged))
        yield Purged(official, purged)


def count_due(database: Database, now: datetime, code: str = "") -> list[Purged]:
    """What `run` would purge. Raises `Unavailable`."""
    found = database.read(partial(communes, code=code))
    return [
        Purged(code, database.read(partial(_count, commune_id=commune_id, now=now)))
        for commune_id, code in found
    ]


def communes(session: Session, code: str = "") -> list[tuple[str, str]]:
    """Ids and codes of the communes that have begun, also of those that have moved away. What is being
    imported is left alone."""
    begun = select(col(Commune.id), col(Commune.code)).where(col(Commune.started_at).is_not(None))
    arriving = set(session.exec(select(col(CommuneArrival.commune_id))))
    wanted = begun.where(col(Commune.code) == code) if code else begun
    rows = session.exec(wanted.order_by(col(Commune.code)))
    return [(id, official) for id, official in rows if id not in arriving]


def _due_steps(session: Session, commune_id: str, now: datetime) -> list[Step]:
    """The steps that find something."""
    return [step for step in STEPS if step.find(session, commune_id, step.term.before(now), 1)]


def _make_author(session: Session, commune_id: str, now: datetime) -> None:
    with numbered(session, commune_id):
        ensure_account(session, commune_id, now)


def _note(session: Session, commune_id: str, now: datetime, counts: dict[str, int]) -> None:
    desk_log.note(session, commune_id, EVENT, now, counts=counts)


def _purge(database: Database, step: Step, commune_id: str, now: datetime) -> Iterator[int]:
    """Purge all that is due of a step; how many rows each transaction has purged."""
    done = AT_ONCE
    while done == AT_ONCE:
        done = database.write(partial(_purge_some, step=step, commune_id=commune_id, now=now))
        yield done


def _purge_some(session: Session, step: Step, commune_id: str, now: datetime) -> int:
    """Purge `AT_ONCE` rows of a step; how many there were."""
    before = step.term.before(now)
    found = step.find(session, commune_id, before, AT_ONCE)
    if found:
        with numbered(session, commune_id):
            step.purge(session, commune_id, found, before)
    return len(found)


def _count(session: Session, commune_id: str, now: datetime) -> Counter[str]:
    return +Counter(
        {step.name: len(step.find(session, commune_id, step.term.before(now), _ALL)) for step in STEPS}
    )
