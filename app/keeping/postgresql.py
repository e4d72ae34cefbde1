"""A PostgreSQL database as an operator keeps it, by the server's own pg_dump and pg_restore."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, make_url

from app.core.db import Database
from app.keeping.files import Impossible, starts_with

_MARK = b"PGDMP"
_ASIDE = "before_"
_PATIENCE = 3  # seconds
_OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


class PostgresqlStore:
    """The database at an address; its tables are in the schema `public`."""

    def __init__(self, url: str) -> None:
        self._url = url
        parts: URL = make_url(url)
        given: dict[str, Any] = parts.translate_connect_args(username="user", database="dbname")
        given |= {name: str(value) for name, value in parts.query.items()}
        self._password = given.pop("password", None)
        self._address = make_conninfo(**given)

    def save(self, part: Path) -> None:
        """One consistent copy in pg_dump's custom format; writers go on meanwhile."""
        options = ["--format=custom", f"--exclude-schema={_ASIDE}*", f"--file={part}"]
        self._run("pg_dump", *options, f"--dbname={self._address}")
        self.inspect(part)

    def inspect(self, file: Path) -> None:
        """Raises `Impossible` unless `file` is a backup of this kind whose table of contents can be read."""
        if not starts_with(file, _MARK):
            raise Impossible(f"{file} is no backup of a PostgreSQL database.")
        self._run("pg_restore", "--list", str(file))

    def is_empty(self) -> bool:
        """Whether nobody has begun here."""
        with self._connect() as connection:
            if connection.execute("SELECT to_regclass('public.account')").fetchone() == (None,):
                return True
            return connection.execute("SELECT 1 FROM public.account LIMIT 1").fetchone() is None

    def restore(self, file: Path, prepare: Callable[[Database], None], now: datetime) -> str | None:
        """Put the backup in the database's place and have `prepare` make it ready.

        The schema in which what was there is kept, if anything was. Raises `Impossible` if a server is using
        the database; whatever fails, the old schema is put back.
        """
        was_empty = self.is_empty()
        aside = f"{_ASIDE}{now:%Y%m%dt%H%M%S_%fz}"
        with self._connect() as connection:
            _wait_until_alone(connection)
            self._move(connection, "public", aside)
            connection.execute("CREATE SCHEMA public")
        try:
            options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
            self._run("pg_restore", *options, f"--dbname={self._address}", str(file))
            self._prepare(prepare)
        except BaseException:
            with self._connect() as connection:
                connection.execute("DROP SCHEMA public CASCADE")
                self._move(connection, aside, "public")
            raise
        if not was_empty:
            return f"schema {aside}"
        with self._connect() as connection:
            connection.execute(f"DROP SCHEMA {aside} CASCADE".encode())
        return None

    def _prepare(self, prepare: Callable[[Database], None]) -> None:
        database = Database(self._url)
        try:
            prepare(database)
        finally:
            database.close()

    @staticmethod
    def _move(connection: "psycopg.Connection[Any]", schema: str, name: str) -> None:
        connection.execute(f"ALTER SCHEMA {schema} RENAME TO {name}".encode())

    def _connect(self) -> "psycopg.Connection[Any]":
        try:
            return psycopg.connect(self._address, password=self._password)
        except psycopg.OperationalError:
            raise Impossible("The database does not answer.") from None

    def _run(self, program: str, *arguments: str) -> None:
        """What such a program complains of may quote rows: only its name is passed on."""
        environment = os.environ | ({"PGPASSWORD": self._password} if self._password else {})
        command = [_path(program), *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, check=False)
        if done.returncode:
            raise Impossible(
                f"{program} failed (exit code {done.returncode}). Is it as new as the server, and the file "
                "whole? Does the user of TUNGNHA_DATABASE_URL own the database?"
            )


def _wait_until_alone(connection: "psycopg.Connection[Any]") -> None:
    """A server that was just stopped is seen for a moment yet."""
    until = time.monotonic() + _PATIENCE
    while connection.execute(_OTHERS).fetchone() != (0,):
        if time.monotonic() > until:
            raise Impossible("A server is using this database: stop it first.")
        time.sleep(0.1)
        connection.rollback()  # what is looked up in one transaction stays as it was


def _path(program: str) -> str:
    """The newest one of Debian's, or the one on the path."""
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=_release)
    found = str(installed[-1]) if installed else shutil.which(program)
    if found is None:
        raise Impossible(f"{program} is missing: install PostgreSQL's client programs.")
    return found


def _release(file: Path) -> int:
    name = file.parts[-3]
    return int(name) if name.isdigit() else 0
