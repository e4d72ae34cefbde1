"""`serve` in production refuses what is unsafe: one sentence, exit code 2, no traceback."""

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from app.cli import production
from app.cli.common import CommandRefused
from app.cli.production import MAX_AHEAD, MAX_BEHIND, ServerLock
from app.core.clock import utc_now
from app.core.config import PREFIX, Settings
from app.core.db import Database
from tests.cases import cases
from tests.cli import test_settings
from tests.cli.test_serve import ROOT, served
from tests.cli.test_settings import BAD, is_one_sentence
from tests.e2e.server import free_port
from tests.operator import run, run_subprocess

Surroundings = Callable[[Path], dict[str, str]]
files = test_settings.folder  # a fixture
SAFE = {"TUNGNHA_MODE": "production", "TUNGNHA_PUBLIC_URL": "https://tungnha.example"}


def safe(folder: Path, **settings: str) -> dict[str, str]:
    return SAFE | {"TUNGNHA_DATA_DIR": str(folder / "data")} | settings


def misspelled(setting: str) -> set[str]:
    """Names that somebody may write instead of a setting's."""
    name = setting.upper()
    words = {name[1:], name[:-1], name + name[-1], f"{name}S", name[0] + name[2:], f"_{name}", f"{name}="}
    words |= {f"{name}\n", f"{name} ", f"SET_{name}", name[1] + name[0] + name[2:]}
    return {PREFIX + word.rstrip("=") for word in words} - {
        PREFIX + known.upper() for known in Settings.model_fields
    }


@cases("setting", Settings.model_fields)
def test_misspelled_setting_is_refused(setting: str, tmp_path: Path) -> None:
    for name in misspelled(setting):
        done = run("", "serve", **safe(tmp_path), **{name: "thu"})
        assert is_one_sentence(done), (name, done.output)
        assert "There is no setting" in done.stderr, name


@cases("setting", BAD)
def test_wrong_value_is_refused(setting: str, files: Path) -> None:
    for number, value in enumerate(BAD[setting]):
        done = run("", "serve", **safe(files) | {f"{PREFIX}{setting.upper()}": value(files)})
        assert is_one_sentence(done), (number, done.output)


def text_in_lock(folder: Path, days: float) -> dict[str, str]:
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data" / "server.lock").write_text((utc_now() + timedelta(days=days)).isoformat())
    return {}


def begun_as_demo(folder: Path) -> dict[str, str]:
    assert run("", "seed-demo", TUNGNHA_DATA_DIR=str(folder / "data")).exit_code == 0
    return {}


def newer(folder: Path) -> dict[str, str]:
    assert run("", "load-areas", **safe(folder)).exit_code == 0
    database = Database(f"sqlite:///{folder / 'data' / 'tungnha.sqlite3'}")
    database.write(lambda session: session.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    database.close()
    return {}


def damaged(folder: Path) -> dict[str, str]:
    (folder / "data").mkdir()
    (folder / "data" / "tungnha.sqlite3").write_bytes(b"SQLite format 3\x00" + b"\xff" * 9000)
    return {}


def taken_name(name: str) -> Surroundings:
    def make(folder: Path) -> dict[str, str]:
        (folder / "data" / name).mkdir(parents=True)
        return {}

    return make


def database_at(host: str, query: str = "") -> Surroundings:
    url = f"postgresql+psycopg://tungnha@{host}/tungnha{query}"
    return lambda _: {"TUNGNHA_DATABASE_URL": url}


# What is broken: how it is made, and what the sentence says.
BROKEN: dict[str, tuple[Surroundings, str]] = {
    "other machines reach it": (lambda _: {"TUNGNHA_HOST": "0.0.0.0"}, "TUNGNHA_TRUSTED_PROXIES"),
    "other machines reach it by IPv6": (lambda _: {"TUNGNHA_HOST": "::"}, "TUNGNHA_TRUSTED_PROXIES"),
    "no HTTPS": (lambda _: {"TUNGNHA_PUBLIC_URL": "http://tungnha.example"}, "https://"),
    "demo data": (begun_as_demo, "was begun in demo mode"),
    "a newer database": (newer, "newer version"),
    "a damaged database": (damaged, "damaged"),
    "the clock is behind": (lambda folder: text_in_lock(folder, 1), "--accept-clock"),
    "the clock is ahead": (lambda folder: text_in_lock(folder, -400), "400 days after"),
    "the lock is a folder": (taken_name("server.lock"), "cannot be written"),
    "the database is a folder": (taken_name("tungnha.sqlite3"), "cannot be opened"),
    "the desk log is a folder": (taken_name("desk-log.jsonl"), "desk log"),
    "no PostgreSQL": (
        lambda _: {"TUNGNHA_DATABASE_URL": "postgresql+psycopg://tungnha@127.0.0.1:1/tungnha"},
        "does not answer",
    ),
    "a PostgreSQL elsewhere": (database_at("db.example"), "sslmode=verify-full"),
    "a PostgreSQL elsewhere, encrypted for anybody": (
        database_at("db.example", "?sslmode=require"),
        "db.example",
    ),
    "one of its servers is elsewhere": (database_at("", "?host=/run/pg&host=10.0.0.2"), "machine, 10.0.0.2"),
    "its address is elsewhere": (database_at("localhost", "?hostaddr=10.0.0.2"), "machine, 10.0.0.2"),
    "a standby elsewhere": (
        lambda _: {
            "TUNGNHA_DATABASE_URL": "postgresql+psycopg://tungnha@127.0.0.1:1/tungnha",
            "TUNGNHA_READ_URL": "postgresql+psycopg://tungnha@10.0.0.2/tungnha",
        },
        "TUNGNHA_READ_URL is on another machine",
    ),
    "the disk's folder is gone": (lambda _: {"TUNGNHA_DATA_DIR": "/proc/1/tungnha"}, "cannot be made"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_broken_surroundings_are_refused(what: str, tmp_path: Path) -> None:
    surroundings, sentence = BROKEN[what]
    settings = safe(tmp_path) | surroundings(tmp_path)
    done = run("", "serve", "--port", str(free_port()), **settings)
    assert is_one_sentence(done), done.output
    assert sentence in done.stderr


@cases(
    "address",
    [
        "postgresql+psycopg://tungnha@/tungnha?host=/run/postgresql",
        "postgresql+psycopg://tungnha@/tungnha",
        "postgresql+psycopg://tungnha@[::1]/tungnha",
        "postgresql+psycopg://tungnha@localhost/tungnha?sslmode=disable",
        "postgresql+psycopg://tungnha@db.example/tungnha?sslmode=verify-full&sslrootcert=/etc/ca.pem",
        "postgresql+psycopg://tungnha@db.example/tungnha?sslmode=verify-ca",
        "sqlite:////var/lib/tung-nha/tungnha.sqlite3",
        "",
    ],
)
def test_postgresql_on_this_machine_or_one_that_proves_itself_is_taken(address: str) -> None:
    production.refuse_plain_connection("DATABASE_URL", address)


def test_libpqs_variables_count(monkeypatch: pytest.MonkeyPatch) -> None:
    address = "postgresql+psycopg:///tungnha"
    monkeypatch.setenv("PGHOST", "db.example")
    with pytest.raises(CommandRefused, match=r"db\.example"):
        production.refuse_plain_connection("DATABASE_URL", address)
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    production.refuse_plain_connection("DATABASE_URL", address)


def test_a_hundred_are_refused() -> None:
    names = [name for setting in Settings.model_fields for name in misspelled(setting)]
    assert len(names) + sum(map(len, BAD.values())) + len(BROKEN) >= 100


def test_disk_that_is_almost_full_is_refused(small_disk: Path) -> None:
    done = run("", "serve", **safe(small_disk))
    assert is_one_sentence(done)
    assert "almost full: 4 MB are free" in done.stderr or "almost full: 3 MB are free" in done.stderr


def test_disk_that_is_read_only_is_refused(small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.cli.production.MIN_FREE_BYTES", 0)
    (small_disk / "data").mkdir()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    done = run("", "serve", **safe(small_disk))
    assert is_one_sentence(done)
    assert "Read-only file system" in done.stderr


def test_second_server_of_a_folder_is_refused_until_the_first_has_ended(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "app.cli", "serve"]
    settings = safe(tmp_path, PYTHONPATH=str(ROOT))
    with served(words, tmp_path, **settings) as printed:
        assert any("production mode" in line for line in printed)
        assert any("At rest   NOT STATED whether it is encrypted" in line for line in printed)
        second = run("", "serve", "--port", str(free_port()), **settings)
        assert is_one_sentence(second)
        assert "is served by another process already" in second.stderr
    with served(words, tmp_path, **settings) as printed:
        assert any("production mode" in line for line in printed)


def test_second_server_of_a_sqlite_file_with_another_data_folder_is_refused(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "app.cli", "serve"]
    file = tmp_path / "disk" / "one.sqlite3"
    file.parent.mkdir()
    settings = safe(tmp_path, PYTHONPATH=str(ROOT), TUNGNHA_DATABASE_URL=f"sqlite:///{file}")
    (tmp_path / "other-name").symlink_to(file.parent)
    with served(words, tmp_path, **settings):
        for name in (file, tmp_path / "other-name" / file.name):
            data = {"TUNGNHA_DATA_DIR": str(tmp_path / f"of-{name.parent.name}")}
            address = {"TUNGNHA_DATABASE_URL": f"sqlite:///{name}"}
            second = run("", "serve", "--port", str(free_port()), **(settings | data | address))
            assert is_one_sentence(second), second.output
            assert f"The database {name} is served by another process already" in second.stderr


@pytest.mark.parametrize("days", [1, -400])
def test_operator_may_accept_the_clock_once(days: int, tmp_path: Path) -> None:
    assert run("", "load-areas", **safe(tmp_path)).exit_code == 0
    text_in_lock(tmp_path, days)
    words = [sys.executable, "-m", "app.cli", "serve", "--accept-clock"]
    with served(words, tmp_path, **safe(tmp_path, PYTHONPATH=str(ROOT))) as printed:
        assert any("production mode" in line for line in printed)
    last = ServerLock(tmp_path / "data").last_time()
    assert last is not None
    assert abs(last - utc_now()) < timedelta(minutes=5)


@cases("record", [b"", b"\xff", b"2026-13-01", b"x" * 200])
def test_damaged_record_of_the_time_is_none(record: bytes, tmp_path: Path) -> None:
    (tmp_path / "server.lock").write_bytes(record)
    assert ServerLock(tmp_path).last_time() is None


def test_a_reboot_or_a_long_holiday_is_no_wrong_clock() -> None:
    assert timedelta(minutes=1) < MAX_BEHIND < timedelta(hours=1)
    assert timedelta(days=365) < MAX_AHEAD


def test_refusal_of_a_process_of_its_own_is_one_sentence_too(tmp_path: Path) -> None:
    done = run_subprocess("", "serve", **safe(tmp_path, TUNGNHA_HOST="0.0.0.0"))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_database_of_another_encoding_is_refused(
    database_url: str, postgres_folder: str, tmp_path: Path
) -> None:
    backup = tmp_path / "backup"
    assert run(database_url, "backup", str(backup), TUNGNHA_DATA_DIR=str(tmp_path)).exit_code == 0
    with psycopg.connect(host=postgres_folder, user="tungnha", dbname="postgres", autocommit=True) as server:
        server.execute("CREATE DATABASE ascii ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")
    url = f"postgresql+psycopg://tungnha@/ascii?host={postgres_folder}"
    for command in (["status"], ["check"], ["seed-demo"], ["restore", str(backup)]):
        refused = run(url, *command, TUNGNHA_DATA_DIR=str(tmp_path))
        assert is_one_sentence(refused), refused.output
        assert "The database's encoding is SQL_ASCII" in refused.stderr
