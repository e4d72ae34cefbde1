"""The schema's history; `upgrade` brings a database to the newest one."""

import secrets
from pathlib import Path
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import inspect, text
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


def standing(database: Database) -> Literal["none", "older", "newest", "newer"]:
    """How the database's schema stands to the newest one we know. Raises `Unavailable`."""
    revision = database.read(_revision)
    if revision is None:
        return "none"
    script = ScriptDirectory.from_config(config(database))
    try:
        script.get_revision(revision)
    except CommandError:
        return "newer"
    return "newest" if revision == script.get_current_head() else "older"


def _revision(session: Session) -> str | None:
    if not inspect(session.connection()).has_table("alembic_version"):
        return None
    revision: str | None = session.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return revision


def upgrade(database: Database) -> None:
    """Bring the schema to the newest version; nothing to do if it is there."""
    command.upgrade(config(database), "head")
    database.write(_begin_history)


def _begin_history(session: Session) -> None:
    ensure_key(session, utc_now())
    if session.get(ServerEpoch, 1) is None:
        session.add(ServerEpoch(id=1, epoch=secrets.token_urlsafe(12)))
