"""Flags of an earlier version of the rules are computed anew, once, when the database is opened."""

from datetime import datetime
from functools import partial

from sqlalchemy import or_
from sqlmodel import Session, col, select

from app.commune.areas import IS_SERVED, Commune
from app.core.db import Database
from app.fieldwork.derived.flags.models import FlagRules
from app.fieldwork.derived.flags.rules import VERSION
from app.fieldwork.derived.flags.update import reevaluate


def bring_up_to_date(database: Database, now: datetime) -> None:
    """Compute the flags of the last 60 days anew in each commune whose flags are of other rules, a commune in
    a transaction of its own. Several processes may do this at once."""
    for commune_id in database.read(_outdated):
        database.write(partial(_bring_up_to_date, commune_id=commune_id, now=now))


def _outdated(session: Session) -> list[str]:
    has_rules = col(FlagRules.commune_id) == col(Commune.id)
    communes = select(Commune.id).outerjoin(FlagRules, has_rules).where(IS_SERVED)
    other = or_(col(FlagRules.version).is_(None), col(FlagRules.version) != VERSION)
    return list(session.exec(communes.where(other).order_by(Commune.id)))


def _bring_up_to_date(session: Session, commune_id: str, now: datetime) -> None:
    reevaluate(session, commune_id, now)  # locks the feed: whoever waited for it finds the work done
    session.merge(FlagRules(commune_id=commune_id, version=VERSION))
