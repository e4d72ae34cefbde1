"""A run of retention: commune by commune, in short transactions, each of some rows.

Beside it others go on working; what a run does not finish is purged by the next one. The numbers of the feed
are few a transaction, and phones get nothing of old visits (`app/sync/stored_rows.py`).
"""

import time
from collections import Counter
from collections.abc import Mapping
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
from app.upkeep.retention.steps import Step
from app.upkeep.retention.versions import VERSIONS
from app.upkeep.retention.visits import VISITS

EVENT: Final = "data.purged"
AT_ONCE = 200  # rows in one transaction
STEPS: tuple[Step, ...] = (VISITS, *VERSIONS, IMPORTS, *PEOPLE)
_ALL = 10_000_000  # more rows than a commune has


@dataclass(frozen=True)
class Purged:
    """What a run has purged of a commune, or would purge: how many rows of each step; `code`: its official
    one."""

    code: str
    counts: Mapping[str, int]


def run(database: Database, now: datetime, code: str = "", rest: float = 0) -> list[Purged]:
    """Purge what is over, of every commune or of the one with this official code: none if it has not begun.
    A commune of which anything went gets one entry in its desk log. Raises `Unavailable`.

    `rest`: how many times as long as a transaction took nothing is done after it.
    """
    found = database.read(partial(communes, code=code))
    return [Purged(code, _run_commune(database, commune_id, now, rest)) for commune_id, code in found]


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


def _run_commune(database: Database, commune_id: str, now: datetime, rest: float) -> Counter[str]:
    counts: Counter[str] = Counter()
    for step in STEPS:
        if not database.read(partial(_is_due, step=step, commune_id=commune_id, now=now)):
            continue
        if step.is_of_authors:
            database.write(partial(_make_author, commune_id=commune_id, now=now))
        counts[step.name] = _purge(database, step, commune_id, now, rest)
    purged = +counts
    if purged:
        database.write(lambda session: desk_log.note(session, commune_id, EVENT, now, counts={**purged}))
    return purged


def _make_author(session: Session, commune_id: str, now: datetime) -> None:
    with numbered(session, commune_id):
        ensure_account(session, commune_id, now)


def _is_due(session: Session, step: Step, commune_id: str, now: datetime) -> bool:
    return bool(step.find(session, commune_id, step.term.before(now), 1))


def _purge(database: Database, step: Step, commune_id: str, now: datetime, rest: float) -> int:
    """Purge all that is due of a step; how many rows these were."""
    work = partial(_purge_some, step=step, commune_id=commune_id, now=now)
    count = done = 0
    while done == AT_ONCE or not count:
        began = time.monotonic()
        done = database.write(work)
        count += done
        if not done:
            break
        time.sleep(rest * (time.monotonic() - began))
    return count


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
