"""Purging what is stored for a limited time only."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, or_, update
from sqlmodel import Session, col, select

from app.commune.accounts import throttle
from app.commune.credentials import links
from app.core.clock import Instant
from app.core.db import Database, table_of
from app.core.feed import FeedCounter
from app.core.sql.upsert import Upsert, replacing
from app.intake.household_import.runs import queries as household_imports
from app.sync import phone_failures
from app.sync.applying import purged
from app.sync.wire.models import RefusedOperation
from app.upkeep.audit.purge import purge_log
from app.upkeep.models import DailyJob

REFUSED_RETENTION = timedelta(days=90)
INTERVAL = timedelta(hours=23)


def purge_daily(database: Database, now: datetime) -> bool:
    """Purge what has expired, unless a process did so within `INTERVAL`; whether this one did. Raises
    `Unavailable`.

    The run is recorded in the transaction of the work: what fails is done by whoever tries next, and of
    several that try at once the others find it done. The ledgers and the desk logs follow, in many short
    transactions; what is left of them is purged the next day.
    """
    if is_due := database.write(lambda session: _purge_if_due(session, now)):
        purge_ledgers(database, now)
        purge_log(database, now)
    return is_due


def _purge_if_due(session: Session, now: datetime) -> bool:
    if is_due := _claim(session, "purge", now):
        purge_expired(session, now)
    return is_due


def purge_ledgers(database: Database, now: datetime) -> None:
    """Delete the entries that are older than `purged.RETENTION` and not needed, commune by commune."""
    for commune_id in database.read(lambda session: list(session.exec(select(FeedCounter.commune_id)))):
        _purge_ledger(database, commune_id, now - purged.RETENTION)


def _purge_ledger(database: Database, commune_id: str, before: datetime) -> None:
    after = ""
    while True:
        done = after
        after = database.write(lambda session: purged.purge(session, commune_id, before, done))  # noqa: B023
        if not after:
            return


def _claim(session: Session, name: str, now: datetime) -> bool:
    return bool(_CLAIM.returned(session, name=name, ran_at=now, due=now - INTERVAL))


def purge_expired(session: Session, now: datetime) -> None:
    """Empty the payloads that were refused more than `REFUSED_RETENTION` ago; delete expired browsers and
    one-time links, the rows of lists that nobody confirmed, and failures that no phone tells of any more.

    The row of a refused operation stays: without its `seq` the device would seem to have lost a record.
    Expired sessions stay too: if they were deleted, one day on which the server's clock is two years ahead
    would sign out every phone.
    """
    expired = col(RefusedOperation.received_at) < now - REFUSED_RETENTION
    not_empty = col(RefusedOperation.payload) != ""
    session.execute(update(RefusedOperation).where(expired, not_empty).values(payload=""))
    throttle.purge_expired_browsers(session, now)
    household_imports.purge_expired(session, now)
    links.purge_expired(session, now)
    phone_failures.purge_expired(session, now)


_CLAIM = Upsert(
    table_of(DailyJob),
    replacing,
    where=lambda table, insert: or_(
        table.c.ran_at <= bindparam("due", type_=Instant),
        table.c.ran_at > insert.excluded.ran_at,  # a time to come was written by a wrong clock
    ),
    returning=True,
)
