"""Writing the tables that follow from others anew, as their definitions say: `rebuild-derived`."""

from datetime import date, datetime
from functools import partial

from sqlmodel import Session, select

from app.commune import phone_communes
from app.commune.accounts.models import Account
from app.commune.areas import IS_SERVED, Commune
from app.core.clock import local_date
from app.core.db import Database
from app.core.feed import lock_at_new_head
from app.fieldwork.derived import update as derived
from app.fieldwork.periods.queries import mark_stale

Rebuilt = dict[str, int]
"""How many rows were not as defined, by table; without the tables that were right."""


def rebuild(database: Database, code: str, now: datetime) -> dict[str, Rebuilt]:
    """Write the tables of the commune with this code anew, of every commune if it is empty; each in a
    transaction of its own, in which nobody else can change a visit. Returns what was wrong, by commune."""
    communes = database.read(partial(_communes, code=code))
    return {
        code: database.write(partial(_rebuild, commune_id=commune_id, now=now))
        for commune_id, code in communes
    }


def _communes(session: Session, code: str) -> list[tuple[str, str]]:
    started = select(Commune.id, Commune.code).where(IS_SERVED)
    wanted = started.where(Commune.code == code) if code else started
    return [(id, code) for id, code in session.exec(wanted.order_by(Commune.code))]


def _rebuild(session: Session, commune_id: str, now: datetime) -> Rebuilt:
    lock_at_new_head(session, commune_id)
    rebuilt = {name: count for name, count in derived.rebuild(session, commune_id, now).items() if count}
    if rebuilt:  # what closed periods had of these days is to be compared again
        mark_stale(session, commune_id, {date(2000, 1, 1), local_date(now)})
    phones = phone_communes.rebuild(session, Account, commune_id)
    return rebuilt | ({"phone_commune": phones} if phones else {})
