"""Beginning another id key, because every copy of the one before is lost, and finding what it cannot read."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from app.commune.credentials.instance_people import NO_COMMUNE
from app.commune.second_factor import factors
from app.commune.second_factor.models import APP, RecoveryCode, SecondFactor
from app.core import desk_log
from app.core.db import Database
from app.core.id_key import encryption
from app.core.id_key.stored import know, leave_fingerprint, new_key
from app.sync.export import keys

REPLACED = "id_key.replaced"  # of the desk log
CONSEQUENCES = (
    "With another id key, authenticator apps and recovery codes open nothing any more: their owners set up "
    "a second factor at the next sign-in. Files and queues that phones have encrypted and not handed over "
    "yet cannot be read; phones get a new key with the next exchange. An old list may bring back a household "
    "that was erased on request: look at the register of requests before one is imported."
)


def begin_new_key(database: Database, now: datetime) -> str:
    """Derive from another key from now on, and delete what only the one before could read. Returns the key,
    which the caller stores."""
    key = new_key()
    know(database.engine, key)
    database.write(lambda session: _begin(session, key, now))
    return key


def _begin(session: Session, key: str, now: datetime) -> None:
    leave_fingerprint(session, key)
    for commune_id in sorted({key.commune_id for key in keys.all_keys(session)}):
        keys.delete_all(session, commune_id)
        keys.create(session, commune_id, now)
        desk_log.note(session, commune_id, REPLACED, now)
    session.execute(delete(SecondFactor).where(col(SecondFactor.kind) == APP))
    session.execute(delete(RecoveryCode))
    desk_log.note(session, NO_COMMUNE, REPLACED, now)


def check_instance(session: Session) -> Iterator[str]:
    """What of the instance's secrets its id key cannot read, as sentences."""
    apps = session.exec(select(SecondFactor).where(SecondFactor.kind == APP)).all()
    unread = [app for app in apps if not encryption.is_readable(session, factors.PURPOSE, app.secret, app.id)]
    if unread:
        yield f"{len(unread)} authenticator apps cannot be read with the id key."


def check_commune(session: Session, commune_id: str) -> Iterator[str]:
    """The same of a commune's keys of export files."""
    if count := keys.count_unreadable(session, commune_id):
        yield f"{count} private keys of files cannot be read with the id key."
