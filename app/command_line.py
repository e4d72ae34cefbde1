"""What all of the operator's commands share: how they refuse, and how they open the database."""

import typer

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
    """The instance's database with the newest schema; the folder of a SQLite file is made."""
    if not settings.database_url:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database, DeskLog(settings.desk_log_file))
    upgrade(database)
    return database
