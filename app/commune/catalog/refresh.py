"""After an upgrade: what a version has added to the default catalog, in the communes that have begun."""

from functools import partial

from sqlmodel import Session, select

from app.commune.areas import IS_SERVED, Commune
from app.commune.catalog.services import DEFAULT_SERVICES, Service, add_default_services
from app.core.db import Database
from app.core.feed import lock_feed


def refresh_services(database: Database) -> int:
    """Add to every commune that has begun what it lacks of the default catalog; returns in how many.

    Each commune has a transaction of its own.
    """
    started = select(Commune.id).where(IS_SERVED).order_by(Commune.id)
    communes = database.read(lambda session: session.exec(started).all())
    behind = [id for id in communes if database.read(partial(_is_behind, commune_id=id))]
    return sum(database.write(partial(_refresh, commune_id=id)) for id in behind)


def _is_behind(session: Session, commune_id: str) -> bool:
    known = session.exec(select(Service.code).where(Service.commune_id == commune_id)).all()
    return not {entry.code for entry in DEFAULT_SERVICES} <= set(known)


def _refresh(session: Session, commune_id: str) -> bool:
    lock_feed(session, commune_id)  # another process may add them at this moment
    return add_default_services(session, commune_id)
