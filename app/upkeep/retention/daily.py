"""The work of each day: purging what is stored for a limited time only.

What is of the instance goes in one transaction, then the ledgers, and the data of communes piece by piece,
one after the other (`run`).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, or_, update
from sqlmodel import Session, col, select

from app.commune.accounts import throttle
from app.commune.accounts.models import OneTimeLink
from app.commune.accounts.throttle import KnownBrowser
from app.commune.credentials import links
from app.commune.credentials.models import OperatorSession, ProvinceViewerSession
from app.core.clock import Instant
from app.core.db import Database, table_of
from app.core.desk_log import DeskEntry
from app.core.feed import FeedCounter
from app.core.personal_data.codes import Term
from app.core.sql.upsert import Upsert, replacing
from app.fieldwork.derived.household_days import appointments
from app.intake.household_import.runs import queries as household_imports
from app.sync import phone_failures
from app.sync.applying import purged
from app.sync.quarantine.telephone_numbers import delete_numbers, delete_refused_numbers
from app.sync.wire.models import RefusedOperation
from app.upkeep.audit.purge import purge_log
from app.upkeep.models import DailyJob
from app.upkeep.retention import run
from app.upkeep.retention.steps import Columns, all_columns_of, columns_of

INTERVAL = timedelta(hours=23)
TRUSTED = timedelta(days=30)
"""After so long without a run, one only notes that it was there: a clock that is years ahead for a day
purges nothing, and a backup of the last days is purged by the next run."""


def purge_daily(database: Database, now: datetime) -> bool:
    """Purge what has expired, unless a process did so within `INTERVAL`; whether this one did. Raises
    `Unavailable`.

    The run is recorded in the transaction of the work: what fails is done by whoever tries next, and of
    several that try at once the others find it done. Ledgers and telephone numbers follow, in many short
    transactions; what is left of them is purged the next day.
    """
    if is_due := database.write(lambda session: _purge_if_due(session, now)):
        purge_ledgers(database, now)
        purge_numbers(database, now)
    return is_due


def purge_communes(database: Database, now: datetime) -> Iterator[object]:
    """Purge the data of communes whose time is over, piece by piece (`run.pieces`), and then their desk logs:
    nothing, if a process did so within `INTERVAL`, or if the clock is not to be believed. Raises
    `Unavailable`."""
    if database.write(lambda session: _is_trusted(session, now)):
        yield from run.pieces(database, now)
        yield from purge_log(database, now)


def _purge_if_due(session: Session, now: datetime) -> bool:
    if is_due := _claim(session, "purge", now):
        purge_expired(session, now)
    return is_due


def _is_trusted(session: Session, now: datetime) -> bool:
    """Whether the data of communes are to be purged by this process and at this time: nothing brings them
    back, so the clock has to agree with the run before."""
    before = session.get(DailyJob, run.JOB)
    last = before.ran_at if before else None
    return _claim(session, run.JOB, now) and last is not None and timedelta() <= now - last <= TRUSTED


def purge_ledgers(database: Database, now: datetime) -> None:
    """Delete the entries that are older than `purged.RETENTION` and not needed, commune by commune."""
    for commune_id in database.read(lambda session: list(session.exec(select(FeedCounter.commune_id)))):
        _purge_ledger(database, commune_id, now - purged.RETENTION)


def purge_numbers(database: Database, now: datetime) -> None:
    """Delete the telephone numbers of households that expect nobody any more, and those of operations that
    are not needed, commune by commune."""
    for commune_id in database.read(lambda session: list(session.exec(select(FeedCounter.commune_id)))):
        _purge_numbers(database, commune_id, now)


def _purge_numbers(database: Database, commune_id: str, now: datetime) -> None:
    database.write(lambda session: appointments.delete_unused_numbers(session, commune_id, now))
    database.write(lambda session: delete_numbers(session, commune_id, now))
    database.write(lambda session: delete_refused_numbers(session, commune_id))


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
    """Empty the payloads that were refused, and delete sessions of operators and viewers, after their terms;
    delete expired browsers and one-time links, the rows of lists that nobody confirmed, and failures that no
    phone tells of any more.

    The row of a refused operation stays: without its `seq` the device would seem to have lost a record.
    Expired sessions of communes are left to `run`: if they were deleted here, one day on which the server's
    clock is two years ahead would sign out every phone.
    """
    expired = col(RefusedOperation.received_at) < Term.REFUSED.before(now)
    not_empty = col(RefusedOperation.payload) != ""
    session.execute(update(RefusedOperation).where(expired, not_empty).values(payload=""))
    throttle.purge_expired_browsers(session, now)
    household_imports.purge_expired(session, now)
    links.purge_expired(session, now)
    phone_failures.purge_expired(session, now)
    for model in (OperatorSession, ProvinceViewerSession):
        session.execute(delete(model).where(col(model.expires_at) < Term.SESSION.before(now)))


_CLAIM = Upsert(
    table_of(DailyJob),
    replacing,
    where=lambda table, insert: or_(
        table.c.ran_at <= bindparam("due", type_=Instant),
        table.c.ran_at > insert.excluded.ran_at,  # a time to come was written by a wrong clock
    ),
    returning=True,
)

OF_INSTANCE: Columns = (
    *columns_of(RefusedOperation, "payload"),
    *all_columns_of(OperatorSession, ProvinceViewerSession, KnownBrowser, OneTimeLink),
)
"""The columns with a term that `purge_expired` empties; others are those of `run.STEPS`."""
OF_LOG = all_columns_of(DeskEntry)
"""Those of the rows that `purge_log` deletes."""
