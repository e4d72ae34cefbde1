"""Every command refuses an invalid or unusable setting with one sentence."""

import shutil
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from typer.testing import Result

from app.core.config import Settings
from app.core.db import Database
from tests.cases import cases
from tests.intake.household_import.files import SAMPLE
from tests.operator import commands, minimal_arguments, run, run_subprocess

Value = Callable[[Path], str]
SECRET = "mat-khau-that"
POSTGRES = f"postgresql+psycopg://tungnha:{SECRET}"


def no_change(value: str) -> Value:
    return lambda _folder: value


def below(name: str) -> Value:
    return lambda folder: str(folder / name)


def sqlite(name: str) -> Value:
    return lambda folder: f"sqlite:///{folder / name}"


LONG = "a" * 300
# In `folder`: `file` is a file, `folder` a folder, `corrupt` and `cut` are damaged databases.
BAD: dict[str, list[Value]] = {
    "mode": [*map(no_change, ("", "prod", "Demo", "production "))],
    "data_dir": [no_change(""), no_change("/proc/tungnha"), *map(below, ("file", "file/var", LONG))],
    "database_url": [
        *map(no_change, ("tungnha", "mysql://localhost/tungnha", "sqlite://", "sqlite:///:memory:")),
        *map(
            no_change, (f"postgres://tungnha:{SECRET}@localhost/tungnha", f"{POSTGRES}@localhost:x/tungnha")
        ),
        *map(no_change, (f"{POSTGRES}@localhost", f"{POSTGRES}@127.0.0.1:1/tungnha")),
        *map(sqlite, ("corrupt", "cut", "folder", "nowhere/tungnha.sqlite3", "file/tungnha.sqlite3")),
    ],
    "read_url": [
        *map(no_change, (f"{POSTGRES}@localhost/tungnha", "tungnha", "sqlite:///standby", "x" * 300))
    ],
    "host": [*map(no_change, ("", "0.0.0", "256.0.0.1", "127.0.0.1:8000", "tung nha", "-"))],
    "public_url": [
        *map(no_change, ("xa.example", "ftp://xa.example", "https://xa.example/a", "https://a b"))
    ],
    "allowed_hosts": [
        *map(no_change, ("https://xa.example", "xa.example:8000", "xa.example,", "xã.example"))
    ],
    "trusted_proxies": [
        *map(no_change, ("*", "caddy", "0.0.0.0/0", "::/0", "10.0.0.1,", "10.0.0.1/24", "127.0.0.1 ::1"))
    ],
    "min_build": [*map(no_change, ("newest", "1.", "-1", "1.2.3.4.5.6", LONG))],
    "backup_dir": [*map(no_change, ("", "backups", "./backups", "~/backups"))],
    "backup_public_key": [
        *map(no_change, ("age1", "age1" + "q" * 58, f"AGE-SECRET-KEY-1{'Q' * 58}", f"{SECRET} age1", LONG))
    ],
    "metrics_token": [*map(no_change, ("short", "a" * 101, "hai mươi chữ cái cái cái", "a" * 19))],
    "after_promotion": [*map(no_change, ("", "begin", "Begin-history", "refuse "))],
    "second_factor": [*map(no_change, ("", "none", "off", "Required", "required "))],
    "encrypted_at_rest": [*map(no_change, ("maybe", "Yes", "true", "no "))],
    "hosted_by": [*map(no_change, (LONG, "Trung tâm\nA", "\x07"))],
    "workers": [*map(no_change, ("", "0", "-1", "17", "two", "1.5"))],
    "desk_log": [no_change(""), *map(below, ("folder", "file/desk-log.jsonl", LONG))],
    "id_key_file": [no_change(""), *map(below, ("folder", "file/id-key", LONG))],
}
# A backup writes no desk log, and must be possible when the log's disk is broken.
NOT_ASKED = {"desk_log": {"backup"}}
# They write no rows; a restore replaces the database.
READ_ONLY = {"backup", "nightly-backup", "check-backup", "restore", "status", "id-key", "nightly-archive"}


@pytest.fixture
def folder(tmp_path: Path, sqlite_template: Path) -> Path:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("x")
    (tmp_path / "corrupt").write_bytes(b"SQLite format 3\x00" + b"\xff" * 9000)
    whole = sqlite_template.read_bytes()
    (tmp_path / "cut").write_bytes(whole[: len(whole) // 2])
    shutil.copy(SAMPLE, tmp_path / "list.xlsx")
    return tmp_path


def test_every_setting_has_values_that_are_refused() -> None:
    assert set(BAD) == set(Settings.model_fields)


@cases("setting", Settings.model_fields)
def test_every_command_refuses_a_wrong_setting_in_one_sentence(setting: str, folder: Path) -> None:
    """Every command the first wrong value, and three commands in turn each of the others."""
    names = sorted(commands().keys() - NOT_ASKED.get(setting, set()))
    for number, value in enumerate(BAD[setting]):
        first = 3 * number % len(names)
        for name in (names + names)[first : first + 3] if number else names:
            file = folder / ("new" if name == "backup" else "list.xlsx")
            settings = {"TUNGNHA_DATA_DIR": str(folder), f"TUNGNHA_{setting.upper()}": value(folder)}
            done = run("", *minimal_arguments(name, file), **settings)
            assert is_one_sentence(done), (number, name, done.output)


def is_one_sentence(done: Result) -> bool:
    return (done.exit_code, done.stdout, done.stderr.count("\n"), SECRET in done.stderr) == (2, "", 1, False)


@pytest.mark.parametrize("port", ["http", "0", "-1", "65536", "80.0", "٨٠", "9" * 5000, " 80"])
@pytest.mark.parametrize("command", ["serve", "password"])
def test_port_that_is_none_is_refused_in_one_sentence(command: str, port: str, folder: Path) -> None:
    file = folder / "list.xlsx"
    for words, settings in (["--port", port], {}), ([], {"PORT": port}):
        done = run("", *minimal_arguments(command, file), *words, TUNGNHA_DATA_DIR=str(folder), **settings)
        assert is_one_sentence(done), done.output


def test_backup_is_made_though_the_desk_log_cannot_be_written(folder: Path) -> None:
    settings = {"TUNGNHA_DATA_DIR": str(folder), "TUNGNHA_MODE": "production"}
    assert run("", "load-areas", **settings).exit_code == 0
    settings["TUNGNHA_DESK_LOG"] = str(folder / "folder")
    assert run("", "backup", str(folder / "night"), **settings).exit_code == 0


@pytest.mark.parametrize("more", ["", f"?password={SECRET}", f"?host=%2Fvar%2Frun&sslpassword={SECRET}"])
def test_password_is_never_shown_wherever_the_address_has_it(more: str) -> None:
    shown = Settings(database_url=f"{POSTGRES}@db.example/tungnha{more}").database_shown
    assert shown.startswith("postgresql+psycopg://tungnha:***@db.example/tungnha")
    assert SECRET not in shown


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("TUNGNHA_MOD", "TUNGNHA_MODE"),
        ("TUNGNHA_DATABASE", "TUNGNHA_DATABASE_URL"),
        ("tungnha_datadir", "TUNGNHA_DATA_DIR"),
    ],
)
def test_setting_that_does_not_exist_is_refused_with_the_nearest(
    name: str, nearest: str, tmp_path: Path
) -> None:
    settings = {"TUNGNHA_DATA_DIR": str(tmp_path), name: SECRET}
    done = run("", "load-areas", **settings)
    assert is_one_sentence(done)
    assert f"There is no setting {name}: is it {nearest}" in done.stderr


@pytest.mark.both_databases
def test_whoever_writes_to_a_newer_schema_is_refused(database_url: str, folder: Path) -> None:
    run(database_url, "load-areas")
    database = Database(database_url)
    newer = text("UPDATE alembic_version SET version_num = '9999'")
    database.write(lambda session: session.execute(newer))
    database.close()
    assert "newer" in run(database_url, "status", TUNGNHA_DATA_DIR=str(folder)).stdout
    # These read only (a restore replaces the database); `status` says that the schema is newer.
    for name in commands().keys() - READ_ONLY:
        done = run(database_url, *minimal_arguments(name, folder / "list.xlsx"), TUNGNHA_DATA_DIR=str(folder))
        assert is_one_sentence(done), (name, done.output)
        assert "newer version of the application" in done.stderr


@pytest.fixture
def locked(postgres_folder: str) -> str:
    """A user of PostgreSQL who is asked for a password; the address of the server."""
    access = Path(postgres_folder) / "data" / "pg_hba.conf"
    rule = "local all locked scram-sha-256\n"
    if not access.read_text().startswith(rule):
        access.write_text(rule + access.read_text())
        address = {"host": postgres_folder, "user": "tungnha", "dbname": "postgres", "autocommit": True}
        with psycopg.connect(**address) as connection:  # type: ignore[arg-type]
            connection.execute("CREATE ROLE locked LOGIN PASSWORD 'a'")
            connection.execute("SELECT pg_reload_conf()")
    return postgres_folder


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("who", "database", "reason"),
    [
        (f"locked:{SECRET}", "postgres", 'password authentication failed for user "locked"'),
        ("tungnha", "nowhere", 'database "nowhere" does not exist'),
        ("nobody", "postgres", 'role "nobody" does not exist'),
    ],
)
def test_postgresql_that_refuses_the_connection_is_named(
    who: str, database: str, reason: str, locked: str, folder: Path
) -> None:
    url = f"postgresql+psycopg://{who}@/{database}?host={locked}"
    for name in commands():
        file = folder / ("new" if name == "backup" else "list.xlsx")
        done = run(url, *minimal_arguments(name, file), TUNGNHA_DATA_DIR=str(folder))
        assert is_one_sentence(done), (name, done.output)
        assert reason in done.stderr or name in ("restore", "check-backup")


def test_traceback_is_spared_where_the_command_is_a_process_of_its_own(folder: Path) -> None:
    done = run_subprocess("", "serve", TUNGNHA_DATA_DIR=str(folder / "file"))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
