"""A database that is gone beside what its server left is no first start; beginning anew is a command."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url, text
from sqlmodel import Session, select

from app.commune.areas import Commune
from app.core.db import Database
from app.core.desk_log import DeskLog
from app.core.epoch import ServerEpoch
from app.upkeep.maintenance.epoch import highest_version
from tests.cases import cases
from tests.cli.test_mode import OTHERS, SUPERVISOR
from tests.cli.test_settings import is_one_sentence
from tests.e2e.server import free_port
from tests.intake.household_import.files import SAMPLE
from tests.operator import minimal_arguments, run, run_forked

PRODUCTION = {"TUNGNHA_MODE": "production"}
Lose = Callable[[], None]


@pytest.fixture(autouse=True)
def _serves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A `serve` that is not refused ends at once."""
    monkeypatch.setattr("app.cli.server._run", lambda *_: None)


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    return PRODUCTION | {"TUNGNHA_DATA_DIR": str(tmp_path / "data")}


@pytest.fixture
def lose(database_url: str) -> Lose:
    """Takes the database away: the file, or everything in it."""

    def work() -> None:
        url = make_url(database_url)
        if url.get_backend_name() == "sqlite":
            for suffix in ("", "-wal", "-shm"):
                Path(f"{url.database}{suffix}").unlink(missing_ok=True)
            return
        with psycopg.connect(
            host=str(url.query["host"]), user=url.username, dbname=url.database, autocommit=True
        ) as server:
            server.execute("DROP SCHEMA public CASCADE")
            server.execute("CREATE SCHEMA public")

    return work


def begin(url: str, settings: dict[str, str]) -> None:
    done = run_forked(url, *SUPERVISOR, **settings)  # no connection is left, which would stop a restore
    assert done.returncode == 0, done.stderr


def communes(url: str) -> list[str]:
    database = Database(url)
    try:
        begun = select(Commune.code).where(Commune.started_at.is_not(None))  # type: ignore[union-attr]
        return list(database.read(lambda session: session.exec(begun).all()))
    finally:
        database.close()


def file_of(url: str) -> Path | None:
    found = make_url(url)
    return Path(found.database or "") if found.get_backend_name() == "sqlite" else None


def test_every_command_refuses_to_begin_anew_beside_the_desk_log(
    database_url: str, settings: dict[str, str], lose: Lose, tmp_path: Path
) -> None:
    begin(database_url, settings)
    lose()
    for name in [one for one in OTHERS if one != "restore"]:
        words = minimal_arguments(name, tmp_path / "night" if name == "backup" else SAMPLE)
        words += {"import-households": ["--write"], "serve": ["--port", str(free_port())]}.get(name, [])
        refused = run(database_url, *words, **settings)
        assert is_one_sentence(refused), (name, refused.output)
        assert "the desk log" in refused.stderr, (name, refused.stderr)
        assert "migrate --new" in refused.stderr, name
    if file := file_of(database_url):
        assert not file.exists()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("content", [b"", b"empty"])
def test_file_without_content_is_a_lost_database_too(
    content: bytes, database_url: str, settings: dict[str, str], lose: Lose
) -> None:
    begin(database_url, settings)
    lose()
    file = file_of(database_url)
    assert file
    if content:
        empty = Database(database_url)  # a file with a header and no table
        empty.read(lambda session: session.connection())
        empty.close()
    else:
        file.touch()
    for command in (["serve", "--port", str(free_port())], ["load-areas"], ["status"]):
        refused = run(database_url, *command, **settings)
        assert is_one_sentence(refused), refused.output
        assert "the desk log" in refused.stderr


def lock(folder: Path) -> dict[str, str]:
    (folder / "data" / "server.lock").write_text("2026-11-29T01:02:03+00:00")
    return {}


def desk_log_elsewhere(folder: Path) -> dict[str, str]:
    log = folder / "other-disk" / "desk-log.jsonl"
    log.parent.mkdir()
    log.write_text('{"id":"a","commune_id":"c","at":"2026-11-29T01:02:03.000Z","what":"visit.accepted"}\n')
    return {"TUNGNHA_DESK_LOG": str(log)}


def write_ahead_log(folder: Path) -> dict[str, str]:
    (folder / "new.sqlite3-wal").write_bytes(b"\x37" * 4096)
    return {}


def replaced_by_a_restore(folder: Path) -> dict[str, str]:
    (folder / "new.sqlite3.before-20261129T000000.000000Z").touch()
    return {}


def begun_before(folder: Path) -> dict[str, str]:
    (folder / "new.sqlite3.lock").write_text("begun\n")
    return {}


def backups(folder: Path) -> dict[str, str]:
    place = folder / "place"
    place.mkdir()
    (place / "tung-nha-3f9a0c21-20261127T190000Z.sqlite3.gz.age").touch()
    return {"TUNGNHA_BACKUP_DIR": str(place)}


TRACES = {
    "server.lock": lock, "the desk log": desk_log_elsewhere, "-wal": write_ahead_log,
    ".before-": replaced_by_a_restore, "begun": begun_before, "backups": backups,
}  # fmt: skip


@pytest.fixture
def copy(tmp_path: Path) -> str:
    """A backup of another server's database, with a commune."""
    settings = PRODUCTION | {"TUNGNHA_DATA_DIR": str(tmp_path / "elsewhere")}
    begin("", settings)
    assert run("", "backup", str(tmp_path / "copy"), **settings).exit_code == 0
    return str(tmp_path / "copy")


@cases("trace", TRACES)
def test_each_trace_of_an_earlier_server_is_enough_and_stops_neither_a_restore_nor_migrate_new(
    trace: str, copy: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("machine")
    (folder / "data").mkdir()
    settings = PRODUCTION | {"TUNGNHA_DATA_DIR": str(folder / "data")} | TRACES[trace](folder)
    url = f"sqlite:///{folder / 'new.sqlite3'}"
    refused = run(url, "serve", "--port", str(free_port()), "--accept-clock", **settings)
    assert is_one_sentence(refused), refused.output
    assert trace in refused.stderr
    assert not (folder / "new.sqlite3").exists()
    begun = run(url, "migrate", "--new", **settings)
    assert begun.exit_code == 0, begun.output
    (folder / "new.sqlite3").unlink()
    restored = run(url, "restore", copy, **settings)
    assert restored.exit_code == 0, restored.output
    assert communes(url) == ["00004"]


def test_what_is_left_of_the_lost_file_is_put_aside_by_migrate_new(tmp_path: Path) -> None:
    """SQLite deletes the log of an empty file: it may have the last day's records."""
    (tmp_path / "data").mkdir()
    write_ahead_log(tmp_path)
    settings = PRODUCTION | {"TUNGNHA_DATA_DIR": str(tmp_path / "data")}
    begun = run(f"sqlite:///{tmp_path / 'new.sqlite3'}", "migrate", "--new", **settings)
    assert begun.exit_code == 0, begun.output
    (aside,) = tmp_path.glob("new.sqlite3.before-*-wal")
    assert aside.read_bytes() == b"\x37" * 4096


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_first_start_that_was_killed_is_a_first_start(
    database_url: str, settings: dict[str, str], lose: Lose
) -> None:
    """A file with a header, and a log in which nothing was committed."""
    lose()
    begun = Database(database_url)
    begun.read(lambda session: session.connection())
    begun.close()
    Path(f"{file_of(database_url)}-wal").write_bytes(b"\x37" * 4096)
    begin(database_url, settings)
    assert communes(database_url) == ["00004"]


def test_first_start_needs_nothing_said(database_url: str, settings: dict[str, str], lose: Lose) -> None:
    lose()
    data = Path(settings["TUNGNHA_DATA_DIR"])
    data.mkdir()
    (data / "server.lock").touch()  # of a start that was refused, because PostgreSQL was not there yet
    begin(database_url, settings)
    assert communes(database_url) == ["00004"]


def test_new_database_is_begun_on_purpose_and_only_where_there_is_none(
    database_url: str, settings: dict[str, str], lose: Lose
) -> None:
    begin(database_url, settings)
    refused = run(database_url, "migrate", "--new", **settings)
    assert is_one_sentence(refused), refused.output
    assert communes(database_url) == ["00004"]
    lose()
    assert run(database_url, "migrate", **settings).exit_code == 2
    begun = run(database_url, "migrate", "--new", **settings)
    assert begun.exit_code == 0, begun.output
    assert communes(database_url) == []
    begin(database_url, settings)


def test_new_database_with_the_key_is_begun_beside_the_old_desk_log(
    database_url: str, settings: dict[str, str], lose: Lose, tmp_path: Path
) -> None:
    begin(database_url, settings)
    key = str(tmp_path / "key")
    assert run(database_url, "id-key", key, **settings).exit_code == 0
    lose()
    assert run(database_url, "migrate", "--id-key", key, **settings).exit_code == 2
    begun = run(database_url, "migrate", "--new", "--id-key", key, **settings)
    assert begun.exit_code == 0, begun.output
    assert run(database_url, "id-key", f"{key}-again", **settings).exit_code == 0
    assert Path(f"{key}-again").read_text() == Path(key).read_text()


def test_key_that_cannot_be_read_begins_nothing(
    database_url: str, settings: dict[str, str], lose: Lose, tmp_path: Path
) -> None:
    begin(database_url, settings)
    lose()
    refused = run(database_url, "migrate", "--new", "--id-key", str(tmp_path / "none"), **settings)
    assert is_one_sentence(refused), refused.output
    assert run(database_url, "migrate", **settings).exit_code == 2  # there is none yet


def test_decisions_of_the_lost_database_are_not_those_of_the_new_one(
    database_url: str, settings: dict[str, str], lose: Lose, tmp_path: Path
) -> None:
    """The old lines would be taken for decisions after the first backup, and access ended by them."""
    begin(database_url, settings)
    lose()
    assert run(database_url, "migrate", "--new", **settings).exit_code == 0
    begin(database_url, settings)
    backup = str(tmp_path / "copy")
    assert run(database_url, "backup", backup, **settings).exit_code == 0
    restored = run(database_url, "restore", backup, "--replace", **settings)
    assert restored.exit_code == 0, restored.output
    assert "since the backup. Do it again" not in restored.stdout


def test_versions_of_the_new_database_are_above_every_earlier_one(
    database_url: str, settings: dict[str, str], lose: Lose
) -> None:
    begin(database_url, settings)
    log = DeskLog(Path(settings["TUNGNHA_DATA_DIR"]) / "desk-log.jsonl")
    log.append([{"id": "x", "what": "epoch.started", "epoch": "e", "version_floor": 9_000_000_000}])
    lose()
    assert run(database_url, "migrate", "--new", **settings).exit_code == 0
    database = Database(database_url)
    (epoch,) = database.read(lambda session: session.exec(select(ServerEpoch)).all())
    assert epoch.version_floor > 9_000_000_000
    assert database.read(highest_version) > 9_000_000_000
    database.write(_as_before_0022)
    assert database.read(highest_version) > 9_000_000_000
    database.close()


def _as_before_0022(session: Session) -> None:
    session.execute(text("ALTER TABLE feed_counter DROP COLUMN version_floor"))
