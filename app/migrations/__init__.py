"""The schema's history; `upgrade` brings a database to the newest one."""

import secrets
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlmodel import Session

from app.core.clock import utc_now
from app.core.db import Database, ServerEpoch
from app.core.ids import ensure_key


def config(database: Database) -> Config:
    """Alembic's configuration for `database`."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent))
    settings.set_main_option("file_template", "%%(year)d%%(month).2d%%(day).2d_%%(slug)s")
    settings.attributes["database"] = database
    return settings


def upgrade(database: Database) -> None:
    """Bring the schema to the newest version; nothing to do if it is there."""
    command.upgrade(config(database), "head")
    database.write(_begin_history)


def _begin_history(session: Session) -> None:
    ensure_key(session, utc_now())
    if session.get(ServerEpoch, 1) is None:
        session.add(ServerEpoch(id=1, epoch=secrets.token_urlsafe(12)))
