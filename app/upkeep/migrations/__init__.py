"""The database's schema: `upgrade` brings it to the newest revision (docs/development.md: how to add one)."""

import secrets
from pathlib import Path
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import MetaData, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from app.core.db import Database, error_code
from app.core.epoch import ServerEpoch
from app.core.id_key.stored import ensure_key
from app.core.sql.locks import lock_preparation
from app.upkeep.migrations import append_only, stamps, tables
from app.upkeep.migrations.stamps import SchemaDiffers

FOLDER = Path(__file__).parent
VERSIONS = FOLDER / "versions"


def config(database: Database, versions: Path | None = None, metadata: MetaData = tables.METADATA) -> Config:
    """Alembic's configuration for `database`, the revisions in `versions` and the tables of `metadata`."""
    settings = _script_config(versions or VERSIONS)
    settings.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    settings.attributes["database"] = database
    settings.attributes["metadata"] = metadata
    return settings


def schema_state(database: Database) -> Literal["none", "older", "newest", "newer", "changed"]:
    """How the database's schema compares to the revisions of this program. Raises `Unavailable`.

    *changed*: a revision that made it had another content.
    """
    revision = database.read(_revision)
    if revision is None:
        return "none"
    script = ScriptDirectory.from_config(config(database))
    try:
        script.get_revision(revision)
    except CommandError:
        return "newer"
    try:
        database.read(lambda session: stamps.refuse_changed(session.connection(), script, revision))
    except SchemaDiffers:
        return "changed"
    return "newest" if revision == script.get_current_head() else "older"


def _revision(session: Session) -> str | None:
    if not inspect(session.connection()).has_table("alembic_version"):
        return None
    revision: str | None = session.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return revision


def upgrade(database: Database) -> None:
    """Bring the schema to the newest revision; create the id key and the first epoch of a new database.

    Several processes may do this at once: one does the work, the others wait for it. Raises `SchemaDiffers`
    if other revisions than this program's made the database; then nothing has changed.
    """
    settings = config(database)
    settings.attributes["compares"] = True
    try:
        command.upgrade(settings, "head")
    except DBAPIError as error:
        if not _is_of_the_schema(error_code(error)):
            raise
        raise SchemaDiffers("its tables are not those that this program upgrades") from error
    database.write(_initialize)


def _is_of_the_schema(code: str) -> bool:
    """Whether a database's own code says that tables or columns are not those of the statement."""
    return code == "SQLITE_ERROR" or (code.startswith("42") and code != "42501")


def _initialize(session: Session) -> None:
    lock_preparation(session)
    append_only.take_rights(session.connection())  # a restored backup has none of its privileges
    ensure_key(session)
    if session.get(ServerEpoch, 1) is None:
        session.add(ServerEpoch(id=1, epoch=secrets.token_urlsafe(12)))


def newest_revision() -> str:
    """The number of the newest revision of this program."""
    return str(ScriptDirectory.from_config(_script_config(VERSIONS)).get_current_head())


def _script_config(versions: Path) -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(FOLDER))
    settings.set_main_option("version_locations", str(versions))
    settings.set_main_option("path_separator", "newline")
    return settings
