"""The id key is apart from the data, wherever that goes; what needs it finds it, or says it is missing."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.core.db import Database
from app.core.desk_log import stored_entries
from app.core.id_key.stored import KeyFile, id_key, new_key, replace_key, stored_key
from app.upkeep.maintenance.check import check
from app.upkeep.maintenance.nightly.encryption import KeyPair
from tests import operator
from tests.conftest import NewPostgres
from tests.upkeep.maintenance.machines import SECRET, SUPERVISOR, Machine

TABLE_FILE = "SELECT pg_read_binary_file(pg_relation_filepath('id_key'))"
NewMachine = Callable[[str], Machine]


@pytest.fixture(params=["sqlite", "postgresql"])
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewMachine]:
    removals: list[Callable[[], None]] = []

    def new(name: str) -> Machine:
        folder = tmp_path / name
        (folder / "apart").mkdir(parents=True)
        url = f"sqlite:///{folder / 'data.sqlite3'}"
        if request.param == "postgresql":
            postgres: NewPostgres = request.getfixturevalue("new_postgres")
            url, remove = postgres("template0")
            removals.append(remove)
        return Machine(url, folder)

    yield new
    for remove in removals:
        remove()


def test_key_is_in_no_byte_of_the_database_or_its_backup(machine: NewMachine) -> None:
    one = machine("one")
    one.begin()
    backup = one.folder / "backup"
    one.must("backup", str(backup))
    key, (secret, private) = one.key(), one.secrets()
    assert (one.key_file.read_text().strip(), oct(one.key_file.stat().st_mode)[-3:]) == (key, "600")
    assert (secret, len(private) > 100) == (SECRET, True)
    for file in [path for path in one.folder.iterdir() if path.is_file() and path != _beside(backup)]:
        content = file.read_bytes()
        assert not any(word.encode() in content for word in (key, secret, private)), file
    assert "id key: in " in one.must("check")


def _beside(backup: Path) -> Path:
    return backup.with_name(f"{backup.name}.id-key")


def test_database_from_before_gives_its_key_to_the_file(tmp_path: Path) -> None:
    one = Machine(f"sqlite:///{tmp_path / 'data.sqlite3'}", tmp_path)
    one.key_file.parent.mkdir()
    one.begin()
    before = one.key()
    database = one.open()
    database.write(lambda session: replace_key(session, before))
    database.close()
    one.key_file.unlink()
    one.must("migrate")
    assert one.key_file.read_text().strip() == before
    assert not any(before.encode() in file.read_bytes() for file in tmp_path.glob("data.sqlite3*"))
    assert one.secrets()[0] == SECRET


@pytest.mark.parametrize("machine", ["postgresql"], indirect=True)
def test_postgresql_has_the_key_until_it_is_moved(machine: NewMachine) -> None:
    one = machine("one")
    url, without = one.url, {"TUNGNHA_DATA_DIR": str(one.folder)}
    assert operator.run(url, "supervisor", *SUPERVISOR, **without).exit_code == 0
    assert "id key: in the database" in operator.run(url, "check", **without).stdout
    one.must("migrate")
    key = one.key_file.read_text().strip()
    assert "run move-id-key" in one.must("check")
    assert operator.run(url, "migrate", **without).exit_code == 0  # a machine that has no file yet
    assert "apart from the data" in one.must("move-id-key")
    database = one.open()
    assert database.read(lambda session: stored_key(session).key) == ""
    assert database.read(id_key) == key
    assert key.encode() not in _table_on_the_disk(database)
    database.close()
    refused = operator.run(url, "migrate", **without)
    assert (refused.exit_code, "TUNGNHA_ID_KEY_FILE has to name its file" in refused.stderr) == (2, True)


def _table_on_the_disk(database: Database) -> bytes:
    """The file in which PostgreSQL has the table of the key, with dead rows."""
    with database.engine.connect() as connection:
        connection.exec_driver_sql("CHECKPOINT")
        content: bytes = connection.exec_driver_sql(TABLE_FILE).scalar_one()
        return content


def test_start_without_the_file_is_refused_and_its_copy_is_taken(machine: NewMachine) -> None:
    one = machine("one")
    one.begin()
    copy, before = one.folder / "copy", one.secrets()
    one.must("id-key", str(copy))
    one.key_file.unlink()
    refused = one.run("migrate")
    assert (refused.returncode, f"{one.key_file} is missing" in refused.stderr) == (2, True)
    assert not one.key_file.exists()
    checked = one.run("check")
    assert (checked.returncode, "id key: MISSING" in checked.stdout) == (1, True)
    one.key_file.write_text(new_key())
    assert "of another database" in one.run("migrate").stderr
    one.key_file.unlink()
    one.must("migrate", "--id-key", str(copy))
    assert one.secrets() == before


def test_another_key_is_too_late_for_a_database_with_communes(machine: NewMachine) -> None:
    one = machine("one")
    one.begin()
    other = one.folder / "other"
    other.write_text(new_key())
    refused = one.run("migrate", "--id-key", str(other))
    assert (refused.returncode, "too late" in refused.stderr) == (2, True)


def test_database_begun_after_a_loss_takes_the_key_of_the_file_that_is_there(machine: NewMachine) -> None:
    one, other = machine("one"), machine("other")
    one.begin()
    shutil.copy(one.key_file, other.key_file)
    other.begin()
    assert other.key() == one.key()


def test_backup_is_restored_on_another_machine_with_the_key_beside_it(machine: NewMachine) -> None:
    one, other = machine("one"), machine("other")
    one.begin()
    backup = one.folder / "backup"
    one.must("backup", str(backup))
    other.must("restore", str(backup))
    assert other.secrets() == one.secrets()
    assert other.key_file.read_text().strip() == one.key()
    database = other.open()
    assert not any(result.problems for result in check(database))
    database.close()


def test_restore_without_the_key_is_refused_and_changes_nothing(machine: NewMachine) -> None:
    one, other = machine("one"), machine("other")
    one.begin()
    backup = one.folder / "backup"
    one.must("backup", str(backup))
    copy = _beside(backup).rename(one.folder / "elsewhere")
    other.begin()
    before, key = other.secrets(), other.key()
    refused = other.run("restore", str(backup), "--replace")
    assert (refused.returncode, "add --id-key FILE" in refused.stderr) == (2, True)
    assert (other.secrets(), other.key()) == (before, key)
    other.must("restore", str(backup), "--replace", "--id-key", str(copy))
    assert other.secrets() == one.secrets()


def test_file_with_another_key_is_renamed_by_a_restore(machine: NewMachine) -> None:
    one, other = machine("one"), machine("other")
    one.begin()
    other.begin()
    key, backup = other.key(), one.folder / "backup"
    one.must("backup", str(backup))
    said = other.must("restore", str(backup), "--replace")
    (renamed,) = other.key_file.parent.glob("id-key.before-*")
    assert (renamed.read_text().strip(), f"Its id key is in {renamed}." in said) == (key, True)
    assert other.key() == one.key()


def test_nightly_backup_is_restored_with_its_place_and_private_key_alone(machine: NewMachine) -> None:
    one, other = machine("one"), machine("other")
    one.begin()
    pair, place = KeyPair(), one.folder / "place"
    place.mkdir()
    private = one.folder / "private"
    private.write_text(pair.private_key)
    words = {"TUNGNHA_BACKUP_DIR": str(place), "TUNGNHA_BACKUP_PUBLIC_KEY": pair.public_key}
    one.must("nightly-backup", **words)
    for backup in place.glob("tung-nha-*"):
        backup.unlink()
    one.must("nightly-backup", "--new-place", **words)  # writes the key anew
    (beside,) = place.glob("id-key-of-*.age")
    assert one.key().encode() not in beside.read_bytes()
    backup = max(place.glob("tung-nha-*"))
    assert "ok" in other.must("check-backup", str(backup), "--key", str(private))
    other.must("restore", str(backup), "--key", str(private))
    assert other.secrets() == one.secrets()


def test_backup_whose_secrets_the_key_cannot_read_does_not_count(machine: NewMachine) -> None:
    one = machine("one")
    one.begin()
    database = one.open()
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE export_key SET private_key = 'QUFB'")
    database.close()
    pair, place = KeyPair(), one.folder / "place"
    place.mkdir()
    words = {"TUNGNHA_BACKUP_DIR": str(place), "TUNGNHA_BACKUP_PUBLIC_KEY": pair.public_key}
    done = one.run("nightly-backup", **words)
    assert (done.returncode, "secrets" in done.stderr) == (1, True)


def test_lost_key_is_replaced_once_its_loss_is_confirmed(machine: NewMachine) -> None:
    one = machine("one")
    one.begin()
    before = one.key()
    assert "it is not lost" in one.run("new-id-key", "--lost").stderr
    one.key_file.unlink()
    asked = one.run("new-id-key")
    assert (asked.returncode, "authenticator apps and recovery codes" in asked.stderr) == (2, True)
    one.must("new-id-key", "--lost")
    assert one.key() != before
    assert KeyFile(one.key_file).read() == one.key()
    one.must("check")
    (private,) = one.secrets()  # a new key of files, and no app
    assert private
    database = one.open()
    logged = database.read(lambda session: [entry["what"] for entry in stored_entries(session)])
    assert logged.count("id_key.replaced") == 2, "the commune's log has it, and the instance's"
    database.close()


def test_backup_whose_key_is_lost_can_be_restored(machine: NewMachine) -> None:
    one, other = machine("one"), machine("other")
    one.begin()
    backup = one.folder / "backup"
    one.must("backup", str(backup))
    _beside(backup).unlink()
    assert "authenticator apps" in other.must("restore", str(backup), "--new-id-key")
    other.must("check")
    assert other.key() != one.key()
