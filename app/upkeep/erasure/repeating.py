"""Erasing once more what a database has that is of before the erasure.

The desk log, which is in no backup, has the ids of the households and the marks of their labels."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from app.core.db import table_of
from app.core.desk_log import Entry
from app.fieldwork.households.erased import EVENT, remember
from app.fieldwork.households.models import Household
from app.fieldwork.visits.household_rows import load_households
from app.upkeep.erasure.erasing import erase_loaded, erase_missing, numbered


def erase_again(session: Session, entries: Iterable[Entry], now: datetime) -> int:
    """Erase what these entries of the desk log say was erased, before anybody is served; returns how many
    households were there again. Of the others is noted that they are not to come back."""
    session.flush()  # the epoch, from which the versions follow
    return sum(_erase_again(session, entry, now) for entry in entries if entry["what"] == EVENT)


def remember_erased(session: Session, entries: Iterable[Entry]) -> None:
    """Note in a new database what an earlier server has erased: phones and old lists still have it."""
    for entry in entries:
        if entry["what"] == EVENT:
            _remember(session, entry)


def _remember(session: Session, entry: Entry, more: Iterable[str] = ()) -> None:
    """With the time of the erasure, which says what was written before."""
    ids = [*entry["households"], *entry["marks"], *more]
    remember(session, entry["commune_id"], ids, datetime.fromisoformat(entry["at"]))


def _erase_again(session: Session, entry: Entry, now: datetime) -> int:
    commune_id, table = entry["commune_id"], table_of(Household)
    is_there = (table.c.commune_id == commune_id, table.c.id.in_(entry["households"]))
    ids = list(session.scalars(select(table.c.id).where(*is_there, table.c.erased_at.is_(None))))
    found: list[str] = []
    if ids:
        with numbered(session, commune_id):
            batch = load_households(session, commune_id, sorted(ids))
            found = erase_loaded(session, batch, ids, now)["households"]
    found += erase_missing(session, commune_id, sorted({*entry["households"]} - {*ids}), entry["marks"])
    _remember(session, entry, found)
    return len(ids)
