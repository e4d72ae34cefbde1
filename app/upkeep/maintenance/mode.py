"""Whether a database holds the demo commune or real ones, which are never mixed (decision 0030)."""

from sqlalchemy import inspect, text
from sqlmodel import Session, col, select

from app.commune.accounts.models import Invite
from app.commune.areas import Commune
from app.core.config import Settings
from app.core.db import Database
from app.core.epoch import ServerEpoch

_STARTED_COMMUNES = select(Commune.id).where(col(Commune.started_at).is_not(None))


def database_mode(session: Session) -> str | None:
    """The `Settings.mode` in which the first commune of this database started; None before that."""
    if not inspect(session.connection()).has_table("commune") or not session.exec(_STARTED_COMMUNES).first():
        return None
    return session.exec(select(ServerEpoch.mode)).one()


def has_demo_commune(session: Session) -> bool:
    """Whether this database holds the demo commune, the only one whose invites are reusable."""
    return session.exec(select(Invite.id).where(Invite.reusable)).first() is not None


def encoding_conflict(database: Database) -> str | None:
    """A sentence if the texts of a PostgreSQL database are not in UTF-8: in `SQL_ASCII` they are neither
    checked nor ordered. Raises `Unavailable`."""
    if database.is_sqlite:
        return None
    encoding = database.read(lambda session: session.execute(text("SHOW server_encoding")).scalar_one())
    return (
        None
        if encoding == "UTF8"
        else f"The database's encoding is {encoding}: make one in UTF8 (docs/deploy.md)."
    )


def mode_conflict(database: Database, settings: Settings, what: str = "database") -> str | None:
    """A sentence that says why `database` may not be used in the mode of `settings`; None if it may be.

    `what`: what the sentence calls the database. Raises `Unavailable`.
    """
    mode = database.read(database_mode)
    if mode is None or mode == settings.mode:
        return None
    if mode == "demo":
        return (
            f"This {what} was begun in demo mode, whose passwords are public: "
            "begin with another TUNGNHA_DATA_DIR or TUNGNHA_DATABASE_URL."
        )
    return f"This {what} is a real commune's: set TUNGNHA_MODE=production."
