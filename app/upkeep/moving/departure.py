"""A commune leaves this instance: from then on nothing of it changes here, and its file has all of it."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import select as select_columns
from sqlmodel import Session, select

from app.commune import moving
from app.commune.accounts.hashing import code_salt, hash_code
from app.commune.areas import Commune
from app.core.config import Settings
from app.core.db import Database
from app.core.epoch import current_epoch
from app.core.feed import FeedCounter
from app.core.sql.transactions import wait_for_open
from app.sync.quarantine.retry import retry_quarantined
from app.upkeep.maintenance.files import MaintenanceRefused, atomic_write
from app.upkeep.maintenance.nightly import encryption, run
from app.upkeep.migrations import newest_revision
from app.upkeep.moving import secrets
from app.upkeep.moving.file import Head, Writer, new_file
from app.upkeep.moving.tables import COMMUNE, carried, columns, encode, order_of, rows_of, tables_of

DRAIN = 60.0
"""Seconds for the transactions that are open when a commune leaves."""
_ROWS_AT_ONCE = 500


def find_leaving(session: Session, code: str) -> Commune:
    """The commune with this official code, which has begun here. Raises `MaintenanceRefused`."""
    commune = session.exec(select(Commune).where(Commune.code == code)).first()
    if commune is None or commune.started_at is None:
        raise MaintenanceRefused(f"No commune that has started has the code {code}.")
    return commune


def export(
    database: Database,
    settings: Settings,
    code: str,
    file: Path,
    address: str,
    now: datetime,
    public_key: str = "",
) -> int:
    """Have the commune leave for `address`, unless it has, and write all of it to a new file; returns the
    number of rows.

    What was committed before it left is in the file, and nothing is numbered afterwards. `public_key`: for
    which the file is encrypted. Without a name of its own everybody with a phone gets a code, with which they
    sign in at `address`. Raises `MaintenanceRefused`; the commune may have left by then, and the same
    call writes the file.
    """
    with atomic_write(file) as part:
        hashes = _hash_codes(database, code, now)
        database.write(partial(_leave, code=code, address=address, now=now, hashes=hashes))
        if not wait_for_open(database.engine, DRAIN):
            raise MaintenanceRefused(
                "The commune has left, and transactions that began before are still open: run this again."
            )
        write = partial(_write, code=code, mode=settings.mode)
        return write_file(database, settings, write, part, public_key)


def write_file(
    database: Database, settings: Settings, write: Callable[..., int], file: Path, public_key: str
) -> int:
    """Have `write`, with a session and a `path`, write a file; returns what it returns. `public_key`: for
    which the file is encrypted."""
    if not public_key:
        return database.read(partial(write, path=file))
    with run.work_folder(settings.data_dir) as work:
        count = database.read(partial(write, path=work / "commune"))
        encryption.encrypt(work / "commune", file, [public_key])
        return count


def undo(database: Database, code: str, now: datetime) -> None:
    """Have the commune be here again, whose file nobody has imported, and apply what its phones have sent
    meanwhile. Raises `MaintenanceRefused`."""

    def work(session: Session) -> None:
        commune = find_leaving(session, code)
        if commune.moved_at is None:
            raise MaintenanceRefused(f"Commune {code} has not moved.")
        moving.come_back(session, commune, now)

    database.write(work)
    wait_for_open(database.engine, DRAIN)  # what is stored still later is applied when the server starts
    commune = database.read(partial(find_leaving, code=code))
    retry_quarantined(database, commune.id, now)


def _hash_codes(database: Database, code: str, now: datetime) -> dict[str, str]:
    """The hashes of the codes that people get who have a phone, by account: argon2 takes as long as ten
    pushes, so not while the commune waits."""

    def read(session: Session) -> tuple[dict[str, str], bytes]:
        commune = find_leaving(session, code)
        is_known = commune.moved_at is not None or commune.host is not None
        found = [] if is_known else moving.with_phones(session, commune.id)
        codes = {one.id: moving.code_of(session, commune.id, one.id, now) for one in found}
        return codes, code_salt(session)

    codes, salt = database.read(read)
    return {account_id: hash_code(one, salt) for account_id, one in codes.items()}


def _leave(session: Session, code: str, address: str, now: datetime, hashes: dict[str, str]) -> None:
    commune = find_leaving(session, code)
    if commune.moved_at is None:
        if commune.host is None:
            moving.invite_phones(session, commune.id, hashes, now)
        moving.leave(session, commune, address, now)
    elif commune.moved_to != address:
        raise MaintenanceRefused(f"Commune {code} has moved already, to {commune.moved_to}.")


def head_of(session: Session, commune: Commune, mode: str, holds: str) -> Head:
    """The first line of a file of the commune."""
    epoch = current_epoch(session, commune.id)
    counter = session.get_one(FeedCounter, commune.id)
    return Head(
        revision=newest_revision(),
        mode=mode,
        commune={name: encode(value) for name, value in commune.model_dump().items()},
        feed={"head": counter.head, "periods_version": counter.periods_version},
        epoch=epoch.id,
        version_floor=epoch.version_floor,
        tables={table.name: [column.name for column in columns(table)] for table in tables_of(holds)},
        holds=holds,
    )


def _write(session: Session, code: str, mode: str, path: Path) -> int:
    commune = find_leaving(session, code)
    with new_file(path) as packed:
        writer = Writer(packed, head_of(session, commune, mode, COMMUNE))
        for table in carried():
            of_commune = select_columns(*columns(table)).where(rows_of(table, commune.id))
            wanted = of_commune.order_by(*order_of(table)).execution_options(yield_per=_ROWS_AT_ONCE)
            for row in session.execute(wanted).mappings():
                values = {name: encode(value) for name, value in row.items()}
                writer.add(table.name, list(secrets.in_plain(session, table.name, values).values()))
        writer.finish()
    return writer.counts.total()
