"""Purging what is old in the desk log.

The entry `log.purged` has the number and the hash of the newest one that is gone, and so of all before it.
The database deletes no entry that is not old by its own time (`migrations/append_only.py`); `check` compares
what was purged with the lines of the log's file, which stay (`verification.py`).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import delete
from sqlmodel import Session, col, select

from app.core.audit.chain import AuditHead, Head, lock_head
from app.core.clock import wire_time
from app.core.db import Database
from app.core.desk_log import DeskEntry, Entry, note
from app.core.personal_data.codes import Term
from app.upkeep.migrations import append_only

PURGED = "log.purged"
"""The entry of a purge. `up_to`: number and hash of the newest entry that is gone; `before`: all were made
before that instant."""
STEP = timedelta(days=31)
"""An entry may stay so much longer, so that a chain is not purged every day."""
PLAUSIBLE = timedelta(days=365)
_AT_ONCE = 5_000  # entries of a transaction


def purge_log(database: Database, now: datetime) -> Iterator[None]:
    """Delete the entries of all chains that are over (`Term.LOG`), where some have been so for `STEP`, piece
    by piece: whoever runs it can rest between two transactions, or stop.

    Nothing if the newest entry of all is older than `PLAUSIBLE`: the clock may be years ahead. Raises
    `Unavailable`.
    """
    if not database.read(partial(_is_plausible, now=now)):
        return
    for commune_id in database.read(_communes):
        while database.write(partial(_purge, commune_id=commune_id, now=now)):
            yield


def purged_place(session: Session, commune_id: str) -> Head:
    """The newest entry of the commune's chain that is gone: the one before the first that is there; 0 and
    empty if none is."""
    first = select(DeskEntry.seq, DeskEntry.previous).where(DeskEntry.commune_id == commune_id)
    row = session.exec(first.order_by(col(DeskEntry.seq)).limit(1)).first()
    return Head(row[0] - 1, row[1]) if row else Head()


def is_due(entry: Entry) -> bool:
    """Whether the entry of a purge says that it left what was not yet old."""
    before, at = instant(entry.get("before")), instant(entry.get("at"))
    return before is not None and at is not None and before <= Term.LOG.before(at)


def instant(value: object) -> datetime | None:
    """The instant that an entry says, which somebody may have altered; None if it is none."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo else None


def _communes(session: Session) -> list[str]:
    return list(session.exec(select(AuditHead.commune_id)))


def _is_plausible(session: Session, now: datetime) -> bool:
    newest = session.exec(select(DeskEntry).order_by(col(DeskEntry.number).desc()).limit(1)).first()
    return newest is not None and newest.entry["at"] >= wire_time(now - PLAUSIBLE)


def _purge(session: Session, commune_id: str, now: datetime) -> bool:
    """Purge the oldest entries, at most `_AT_ONCE`; whether any were."""
    before = Term.LOG.before(now)
    if not _oldest(session, commune_id, before - STEP, 1):
        return False
    place = _oldest(session, commune_id, before, _AT_ONCE)[-1]
    lock_head(session, commune_id)
    with append_only.deletion(session.connection()):
        expired = (col(DeskEntry.commune_id) == commune_id, col(DeskEntry.seq) <= place.seq)
        session.execute(delete(DeskEntry).where(*expired))
    note(session, commune_id, PURGED, now, up_to=place, before=wire_time(before))
    return True


def _oldest(session: Session, commune_id: str, before: datetime, count: int) -> list[Head]:
    """The places of the oldest entries, up to the first that was made at `before` or later."""
    of_commune = select(DeskEntry).where(DeskEntry.commune_id == commune_id)
    places: list[Head] = []
    for row in session.exec(of_commune.order_by(col(DeskEntry.seq)).limit(count)):
        if row.entry["at"] >= wire_time(before):
            break
        places.append(Head(row.seq, row.hash))
    return places
