"""Erasing once more what a database has that is of before the erasure.

The desk log, which is in no backup, has the ids of the households and the marks of their labels."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from app.core.db import table_of
from app.core.desk_log import Entry
from app.fieldwork.households.models import Household
from app.fieldwork.visits.household_rows import load_households
from app.upkeep.erasure.erasing import EVENT, erase_loaded, numbered, remember


def erase_again(session: Session, entries: Iterable[Entry], now: datetime) -> int:
    """Erase what these entries of the desk log say was erased, before anybody is served; returns how many
    households were there again. Of the others is noted that they are not to come back."""
    session.flush()  # the epoch, from which the versions follow
    return sum(_erase_again(session, entry, now) for entry in entries if entry["what"] == EVENT)


def remember_erased(session: Session, entries: Iterable[Entry], now: datetime) -> None:
    """Note in a new database what an earlier server has erased: phones and old lists still have it."""
    for entry in entries:
        if entry["what"] == EVENT:
            remember(session, entry["commune_id"], [*entry["households"], *entry["marks"]], now)


def _erase_again(session: Session, entry: Entry, now: datetime) -> int:
    commune_id, table = entry["commune_id"], table_of(Household)
    is_there = (table.c.commune_id == commune_id, table.c.id.in_(entry["households"]))
    ids = list(session.scalars(select(table.c.id).where(*is_there, table.c.erased_at.is_(None))))
    if ids:
        with numbered(session, commune_id):
            erase_loaded(session, load_households(session, commune_id, sorted(ids)), ids, now)
    remember(session, commune_id, [*entry["households"], *entry["marks"]], now)
    return len(ids)
