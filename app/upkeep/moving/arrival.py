"""A commune arrives: what its file has is stored, and only at the end anybody may use it here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path

from sqlalchemy import CursorResult, insert, update
from sqlmodel import Session, col, select

from app.commune import moving
from app.commune.areas import Commune
from app.commune.moving import CommuneArrival
from app.core import desk_log
from app.core.audit import chain
from app.core.db import Database, table_of
from app.core.desk_log import DeskEntry, Entry
from app.core.feed import FeedCounter
from app.sync.quarantine.retry import retry_quarantined
from app.upkeep.maintenance.check import CheckResult, check
from app.upkeep.maintenance.desk_log import catch_up, not_stored
from app.upkeep.maintenance.epoch import STEP, RevertedChanges, revert_entries
from app.upkeep.maintenance.files import MaintenanceRefused
from app.upkeep.migrations.tables import METADATA
from app.upkeep.moving import secrets
from app.upkeep.moving.file import NAMES, Content, examine, rows
from app.upkeep.moving.refusals import refuse, refuse_host, refuse_names, refusing_values
from app.upkeep.moving.tables import OF_NAMES, Values, decode

ROWS_AT_ONCE = 200
_OTHER_IMPORT = "Another process is importing this file."


@dataclass(frozen=True)
class Place:
    """Where a commune arrives. `mode`: of this instance. `host`: a name of its own that it gets, if it has
    none. `hosts`: the names to which this instance answers; empty in demo mode. `names`: which sign-in names
    become which others."""

    mode: str
    host: str = ""
    hosts: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Arrived:
    """A commune that has arrived. `checks`: what `check` says of it. `reverted`: what had been done here
    before this database was restored, if the same file was imported before that."""

    commune: Commune
    rows: int
    checks: list[CheckResult]
    reverted: RevertedChanges | None


def import_commune(database: Database, file: Path, place: Place, now: datetime) -> Arrived:
    """Import the commune of a file, or complete an import of it that was interrupted.

    Everything is compared before the first row is stored. Raises `MaintenanceRefused`; what was stored by
    then is used by nobody, and the same call goes on behind it.
    """
    content = examine(file)
    catch_up(database)  # what is stored from now on is new to the desk log's file
    with refusing_values():
        stored = database.write(partial(_begin, content=content, place=place, now=now))
        following = islice(rows(file, content.head), stored, None)
        while part := list(islice(following, ROWS_AT_ONCE)):
            work = partial(_store, content=content, stored=stored, part=part, names=place.names)
            database.write(work)
            stored += len(part)
        is_again = database.read(partial(_has_arrived, content=content))
        known = _entry_ids(file, content) if is_again else None
        commune, reverted = database.write(partial(_finish, content=content, known=known, now=now))
    retry_quarantined(database, commune.id, now)  # what phones had sent to the old address by then
    catch_up(database)
    return Arrived(commune, stored, check(database, code=commune.code), reverted)


def _begin(session: Session, content: Content, place: Place, now: datetime) -> int:
    """How many rows are stored already; else make the commune's row, with which it has not begun."""
    head = content.head
    arrival = moving.find_arrival(session, head.commune_id)
    if arrival is not None and arrival.file_hash == content.hash:
        return arrival.rows
    refuse(session, content, place.mode, arrival)
    refuse_host(session, content, place.host, place.hosts)
    refuse_names(session, content.names, place.names)
    commune = _add_commune(session, content, place)
    counter = FeedCounter(commune_id=commune.id, is_away=True)
    counter.head, counter.periods_version = head.feed["head"], head.feed["periods_version"]
    counter.epoch, counter.version_floor = head.epoch, head.version_floor
    session.add(counter)
    begun = CommuneArrival(commune_id=commune.id, file_hash=content.hash, begun_at=now)
    begun.is_rechained = not _begin_chain(session, content)
    session.add(begun)
    return 0


def _add_commune(session: Session, content: Content, place: Place) -> Commune:
    """The commune's row, with which it has not begun."""
    head = content.head
    same_code = select(Commune).where(Commune.code == head.commune["code"], Commune.id != head.commune_id)
    if listed := session.exec(same_code).first():
        session.delete(listed)  # of the official list, under the id that this instance would have used
        session.flush()
    empty = Commune(id=head.commune_id, code="", name="", kind="", province_code="")
    commune = session.get(Commune, head.commune_id) or empty
    for name, value in _commune_values(content).items():
        setattr(commune, name, value)
    commune.started_at = commune.moved_at = commune.moved_to = None
    commune.host = commune.host or place.host or None
    session.add(commune)
    session.flush()
    return commune


def _begin_chain(session: Session, content: Content) -> bool:
    """Whether the commune's desk log goes on behind what the file has of it. Not if it has entries here: a
    restore has stored those that the desk log's file had."""
    return chain.lock_head(session, content.head.commune_id) == chain.Head()


def _commune_values(content: Content) -> Values:
    return {column.name: decode(column, content.head.commune[column.name]) for column in table_of(Commune).c}


def _store(
    session: Session,
    content: Content,
    stored: int,
    part: list[tuple[str, Values]],
    names: Mapping[str, str],
) -> None:
    """Store rows of the file, those after the first `stored` ones, and note that."""
    commune_id = content.head.commune_id
    is_next = (col(CommuneArrival.commune_id) == commune_id, col(CommuneArrival.rows) == stored)
    moved_on = session.execute(update(CommuneArrival).where(*is_next).values(rows=stored + len(part)))
    if not isinstance(moved_on, CursorResult) or moved_on.rowcount != 1:
        raise MaintenanceRefused(_OTHER_IMPORT)
    is_rechained = select(CommuneArrival.is_rechained).where(CommuneArrival.commune_id == commune_id)
    is_new_chain = session.exec(is_rechained).one()
    for table, group in groupby(part, itemgetter(0)):
        values = [row for _table, row in group]
        renamed = "name" if table == NAMES else "sign_in_name" if table in OF_NAMES else ""
        if renamed:
            values = [row | {renamed: names.get(str(row[renamed]), row[renamed])} for row in values]
        if table == DeskEntry.__tablename__ and is_new_chain:
            entries: list[Entry] = [row["entry"] for row in values]  # type: ignore[misc]
            desk_log.store(session, not_stored(session, entries))
            continue
        stored_values = [secrets.encrypted(session, table, row) for row in values]
        session.execute(insert(METADATA.tables[table]), stored_values)


def _has_arrived(session: Session, content: Content) -> bool:
    """Whether this file was imported here before a restore that lost it."""
    found = moving.arrivals(session, content.head.commune_id)
    return any(entry.get("file") == content.hash for entry in found)


def _entry_ids(file: Path, content: Content) -> frozenset[str]:
    """The ids of the file's entries of the desk log."""
    entries = (row for table, row in rows(file, content.head) if table == DeskEntry.__tablename__)
    return frozenset(str(row["id"]) for row in entries)


def _finish(
    session: Session, content: Content, known: frozenset[str] | None, now: datetime
) -> tuple[Commune, RevertedChanges | None]:
    """Let the commune begin, as it was. `known`: the entries of the file, if it had been here before a
    restore: what it did since is lost and is reverted, in the epoch of this database."""
    arrival = moving.find_arrival(session, content.head.commune_id)
    if arrival is None or arrival.file_hash != content.hash:
        raise MaintenanceRefused(_OTHER_IMPORT)
    if not arrival.is_rechained and content.audit.seq:
        chain.set_head(session, content.head.commune_id, content.audit)
    commune = session.get_one(Commune, content.head.commune_id)
    counter = session.get_one(FeedCounter, commune.id)
    counter.is_away, reverted = False, None
    commune.started_at = _commune_values(content)["started_at"]  # type: ignore[assignment]
    session.add(commune)
    session.add(counter)
    session.delete(arrival)
    session.flush()
    if known is not None:
        counter.head, counter.epoch, counter.version_floor = counter.head + STEP, None, 0
        here = session.exec(select(DeskEntry).where(DeskEntry.commune_id == commune.id))
        lost = [row.entry for row in here if row.id not in known and row.entry["what"] != moving.ARRIVED]
        reverted = revert_entries(session, lost, now)
    details = {"code": commune.code, "file": content.hash, "version_floor": content.head.version_floor}
    desk_log.note(session, commune.id, moving.ARRIVED, now, **details, before=content.audit)
    return commune, reverted
