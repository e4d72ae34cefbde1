"""What all of the operator's commands share: how they refuse, and how they open the database."""

from pathlib import Path

import typer
from sqlalchemy import make_url

from app.core import private
from app.core.config import Settings
from app.core.db import Database
from app.core.desk_log import DeskLog
from app.migrations import upgrade


class Refused(typer.Exit):
    """A command that cannot be done: one sentence on standard error, exit code 2."""

    def __init__(self, sentence: str) -> None:
        typer.echo(sentence, err=True)
        super().__init__(2)


def open_database(settings: Settings) -> Database:
    """The instance's database with the newest schema; the folder of a SQLite file is made.

    Raises `Refused` if others may read what it holds, and this user cannot change that.
    """
    if not settings.database_url:
        private.make_folder(settings.data_dir)
    _close_files(settings)
    database = Database(settings.database, DeskLog(settings.desk_log_file))
    upgrade(database)
    return database


def _close_files(settings: Settings) -> None:
    """Close the instance's files to everybody but their owner."""
    url = make_url(settings.database)
    is_file = url.get_backend_name() == "sqlite" and url.database
    ends = ("", "-wal", "-shm", "-journal") if is_file else ()
    for file in [*(Path(f"{url.database}{end}") for end in ends), settings.desk_log_file]:
        if not private.close_file(file):
            raise Refused(f"{file} may be read by others and is another user's: chmod go= it as its owner.")
