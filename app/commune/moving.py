"""A commune moves to another instance: it leaves this one, comes back if that is undone, or arrives here.

`docs/decisions/0136-a-commune-moves-with-its-epoch.md` has the reasons.
"""

from datetime import datetime

from sqlalchemy import BigInteger, update
from sqlmodel import Field, Session, SQLModel, col, select

from app.commune.areas import Commune
from app.core import desk_log
from app.core.clock import Instant
from app.core.desk_log import DeskEntry, Entry
from app.core.feed import FeedCounter

MOVED, MOVE_UNDONE, ARRIVED = "commune.moved", "commune.move_undone", "commune.arrived"  # of the desk log


class CommuneArrival(SQLModel, table=True):
    """An import of a commune that has begun and not ended: the first `rows` rows of its file are stored.

    `file_hash`: SHA-256 of the file's content.
    """

    __tablename__ = "commune_arrival"

    commune_id: str = Field(primary_key=True)
    file_hash: str
    rows: int = Field(default=0, sa_type=BigInteger)
    begun_at: datetime = Field(sa_type=Instant)


def leave(session: Session, commune: Commune, address: str, now: datetime) -> None:
    """Have the commune be at `address` from now on: nothing of it is numbered here any more, nobody signs in,
    and phones keep what they have. Waits for the transactions that are numbering rows."""
    _set_away(session, commune.id, is_away=True)
    commune.moved_at, commune.moved_to = now, address
    session.add(commune)
    desk_log.note(session, commune.id, MOVED, now, to=address)


def come_back(session: Session, commune: Commune, now: datetime) -> None:
    """Have the commune be here again, as it was when it left."""
    _set_away(session, commune.id, is_away=False)
    commune.moved_at = commune.moved_to = None
    session.add(commune)
    desk_log.note(session, commune.id, MOVE_UNDONE, now)


def repeat(session: Session, entry: Entry) -> None:
    """Repeat what an entry of the desk log says that the restored database lacks: a commune that has left
    does not come back with an old backup."""
    commune = session.get(Commune, entry["commune_id"])
    if commune is None or commune.started_at is None:
        return
    is_away = entry["what"] == MOVED
    _set_away(session, commune.id, is_away=is_away)
    commune.moved_at = datetime.fromisoformat(entry["at"]) if is_away else None
    commune.moved_to = entry["to"] if is_away else None
    session.add(commune)


def arrivals(session: Session, commune_id: str) -> list[Entry]:
    """The entries that say that the commune arrived here, also those that a restore has found in the desk
    log."""
    entries = session.exec(select(DeskEntry).where(DeskEntry.commune_id == commune_id))
    return [row.entry for row in entries if row.entry["what"] == ARRIVED]


def find_arrival(session: Session, commune_id: str) -> CommuneArrival | None:
    """The import of this commune that has not ended."""
    return session.exec(select(CommuneArrival).where(CommuneArrival.commune_id == commune_id)).first()


def _set_away(session: Session, commune_id: str, *, is_away: bool) -> None:
    of_commune = col(FeedCounter.commune_id) == commune_id
    session.execute(update(FeedCounter).where(of_commune).values(is_away=is_away))
