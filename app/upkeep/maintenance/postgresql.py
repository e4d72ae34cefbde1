"""Backup and restore of a PostgreSQL database with pg_dump and pg_restore."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import TupleRow
from sqlalchemy import make_url
from sqlalchemy.util import to_list

from app.core.db import Database
from app.upkeep.maintenance.files import MaintenanceRefused, starts_with

_MAGIC = b"PGDMP"
_PREVIOUS_PREFIX = "before_"
_SCRATCH_SUFFIX, _SCRATCH_COMMENT = "_scratch", "Scratch database of tung-nha: deleted after a check"
_SCRATCH_OPTIONS = "TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER libc LOCALE 'C'"
_READ_COMMENT = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
_FIND_DISTRIBUTED = "SELECT 1 FROM pg_dist_partition WHERE partmethod = 'h' LIMIT 1"
_DISCONNECT_TIMEOUT = 3  # seconds
_COUNT_OTHER_CLIENTS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


class PostgresqlStore:
    """The PostgreSQL database at a URL; its tables are in the schema `public`."""

    extension = "pgdump"
    is_compressible = False

    def __init__(self, url: str, key_file: Path | None = None) -> None:
        """`key_file`: where the id key is, for a backup that is made ready."""
        self._url, self._key_file = url, key_file
        parts = make_url(url)
        options = parts.translate_connect_args(username="user", database="dbname")
        options |= {name: ",".join(to_list(value)) for name, value in parts.query.items()}
        self._password = options.pop("password", None)
        self._conninfo = make_conninfo(**options)

    def dump(self, part: Path) -> None:
        """Write a consistent copy to `part` in pg_dump's custom format, while other processes go on writing.

        Raises `MaintenanceRefused`.
        """
        options = ["--format=custom", f"--exclude-schema={_PREVIOUS_PREFIX}*", f"--file={part}"]
        self._run("pg_dump", *options, f"--dbname={self._conninfo}")
        self.validate(part)

    def validate(self, file: Path) -> None:
        """Raises `MaintenanceRefused` unless `file` is a PostgreSQL backup that pg_restore can list."""
        if not starts_with(file, _MAGIC):
            raise MaintenanceRefused(f"{file} is no backup of a PostgreSQL database.")
        self._run("pg_restore", "--list", str(file))

    def dump_size(self) -> int:
        """About the most bytes that a copy takes. Raises `MaintenanceRefused`."""
        with self._connect() as connection:
            found = connection.execute("SELECT pg_database_size(current_database()) / 4").fetchone()
        return int(found[0]) if found else 0

    @contextmanager
    def scratch(self, file: Path) -> Iterator[str]:
        """The address of a database beside this one with the content of a copy; it is dropped afterwards.

        Raises `MaintenanceRefused`.
        """
        name = str(make_url(self._url).database).replace('"', "")[:50] + _SCRATCH_SUFFIX
        self._drop_scratch(name)
        self._execute(
            f'CREATE DATABASE "{name}" {_SCRATCH_OPTIONS}',
            f"COMMENT ON DATABASE \"{name}\" IS '{_SCRATCH_COMMENT}'",
        )
        try:
            beside = make_url(self._url).set(database=name).render_as_string(hide_password=False)
            PostgresqlStore(beside).load(file)
            yield beside
        finally:
            self._drop_scratch(name)

    def load(self, file: Path) -> None:
        """Load a backup into the empty schema `public`. Raises `MaintenanceRefused`."""
        options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
        self._run("pg_restore", *options, f"--dbname={self._conninfo}", str(file))

    def _drop_scratch(self, name: str) -> None:
        """Drop the scratch database if it exists; another of this name is not touched."""
        with self._connect() as connection:
            found = connection.execute(_READ_COMMENT, [name]).fetchone()
        if found and found[0] != _SCRATCH_COMMENT:
            raise MaintenanceRefused(f"There is a database {name} already, which is no scratch database.")
        if found:
            self._execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _execute(self, *statements: str) -> None:
        """Execute statements outside a transaction. Raises `MaintenanceRefused`."""
        with self._connect() as connection:
            connection.autocommit = True
            try:
                for statement in statements:
                    connection.execute(statement.encode())
            except psycopg.errors.InsufficientPrivilege:
                raise MaintenanceRefused(
                    "The user of TUNGNHA_DATABASE_URL may not make the scratch database in which a backup is "
                    "checked: ALTER USER … CREATEDB."
                ) from None
            except psycopg.Error as error:
                raise MaintenanceRefused(
                    f"The scratch database cannot be made or dropped ({error.sqlstate or 'no connection'})."
                ) from None

    def is_distributed(self) -> bool:
        """Whether rows are on several machines. Raises `MaintenanceRefused` if it does not answer."""
        with self._connect() as connection:
            if connection.execute("SELECT to_regclass('pg_catalog.pg_dist_partition')").fetchone() == (None,):
                return False
            return connection.execute(_FIND_DISTRIBUTED).fetchone() is not None

    def is_empty(self) -> bool:
        """Whether the database has no account yet. Raises `MaintenanceRefused` if it does not answer."""
        with self._connect() as connection:
            if connection.execute("SELECT to_regclass('public.account')").fetchone() == (None,):
                return True
            return connection.execute("SELECT 1 FROM public.account LIMIT 1").fetchone() is None

    def restore(self, file: Path, prepare: Callable[[Database], None], now: datetime) -> str | None:
        """Load the backup into a new schema `public`, and run `prepare` on it.

        Returns the new name of the previous schema; None if it was empty. Raises `MaintenanceRefused` if a
        server is using the database. If anything fails, the previous schema is put back.
        """
        was_empty = self.is_empty()
        previous = f"{_PREVIOUS_PREFIX}{now:%Y%m%dt%H%M%S_%fz}"
        with self._connect() as connection:
            _wait_for_disconnects(connection)
            self._rename_schema(connection, "public", previous)
            connection.execute("CREATE SCHEMA public")
        try:
            self.load(file)
            self._prepare(prepare)
        except BaseException:
            with self._connect() as connection:
                connection.execute("DROP SCHEMA public CASCADE")
                self._rename_schema(connection, previous, "public")
            raise
        if not was_empty:
            return f"schema {previous}"
        with self._connect() as connection:
            connection.execute(f"DROP SCHEMA {previous} CASCADE".encode())
        return None

    def _prepare(self, prepare: Callable[[Database], None]) -> None:
        database = Database(self._url, key_file=self._key_file)
        try:
            prepare(database)
        finally:
            database.close()

    @staticmethod
    def _rename_schema(connection: psycopg.Connection[TupleRow], schema: str, name: str) -> None:
        connection.execute(f"ALTER SCHEMA {schema} RENAME TO {name}".encode())

    def _connect(self) -> psycopg.Connection[TupleRow]:
        try:
            return psycopg.connect(self._conninfo, password=self._password)
        except psycopg.OperationalError:
            raise MaintenanceRefused("The database does not answer.") from None

    def _run(self, program: str, *arguments: str) -> None:
        """Run a client program. Raises `MaintenanceRefused`, without its output: that may quote rows."""
        environment = os.environ | ({"PGPASSWORD": self._password} if self._password else {})
        command = [_find_program(program), *arguments]
        process = subprocess.run(command, env=environment, capture_output=True, check=False)
        if code := process.returncode:
            raise MaintenanceRefused(
                f"{program} failed (exit code {code}). Is it as new as the server, and the file "
                "whole? Does the user of TUNGNHA_DATABASE_URL own the database?"
            )


def _wait_for_disconnects(connection: psycopg.Connection[TupleRow]) -> None:
    """Wait until no other client is connected: a server that was just stopped is listed a while longer.

    Raises `MaintenanceRefused` after `_DISCONNECT_TIMEOUT`.
    """
    deadline = time.monotonic() + _DISCONNECT_TIMEOUT
    while connection.execute(_COUNT_OTHER_CLIENTS).fetchone() != (0,):
        if time.monotonic() > deadline:
            raise MaintenanceRefused("A server is using this database: stop it first.")
        time.sleep(0.1)
        connection.rollback()  # pg_stat_activity is a snapshot within one transaction


def _find_program(program: str) -> str:
    """The newest version in Debian's folder, or the one on the path."""
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=_major_version)
    found = str(installed[-1]) if installed else shutil.which(program)
    if found is None:
        raise MaintenanceRefused(f"{program} is missing: install PostgreSQL's client programs.")
    return found


def _major_version(file: Path) -> int:
    name = file.parts[-3]
    return int(name) if name.isdigit() else 0
