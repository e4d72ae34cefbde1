"""The id key is apart from the data, wherever that goes; what needs it finds it, or says it is missing."""

import shutil
from pathlib import Path

import pytest

from app.core.db import Database
from app.core.id_key.stored import id_key, new_key, replace_key, stored_key
from app.upkeep.maintenance.check import check
from app.upkeep.maintenance.id_key.files import beside
from app.upkeep.maintenance.nightly.encryption import KeyPair
from tests import operator
from tests.upkeep.maintenance.machines import SECRET, SUPERVISOR, Machine, NewMachine

FIRST_LOG = "SELECT pg_walfile_name(pg_current_wal_lsn())"
LOGS = """
    SELECT name FROM pg_ls_waldir()
    WHERE name >= %s AND encode(pg_read_binary_file('pg_wal/' || name), 'escape') LIKE %s
"""
TABLE_FILE = "SELECT pg_read_binary_file(pg_relation_filepath('id_key'))"


@pytest.mark.parametrize("machine", ["sqlite", "postgresql"], indirect=True)
def test_key_is_in_no_byte_of_the_database_or_its_backup(machine: NewMachine) -> None:
    one = machine("one")
    one.begin()
    backup = one.folder / "backup"
    one.must("backup", str(backup))
    key, (secret, private) = one.key(), one.secrets()
    assert (one.key_file.read_text().strip(), oct(one.key_file.stat().st_mode)[-3:]) == (key, "600")
    assert (secret, len(private) > 100) == (SECRET, True)
    for file in [path for path in one.folder.iterdir() if path.is_file() and path != beside(backup)]:
        content = file.read_bytes()
        assert not any(word.encode() in content for word in (key, secret, private)), file
    assert "id key: in " in one.must("check")


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
    assert database.read(lambda session: stored_key(session).own_key) == ""
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


@pytest.mark.parametrize("machine", ["sqlite", "postgresql"], indirect=True)
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


@pytest.mark.parametrize("machine", ["sqlite", "postgresql"], indirect=True)
def test_restore_without_the_key_is_refused_and_changes_nothing(machine: NewMachine) -> None:
    one, other = machine("one"), machine("other")
    one.begin()
    backup = one.folder / "backup"
    one.must("backup", str(backup))
    copy = beside(backup).rename(one.folder / "elsewhere")
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


@pytest.mark.parametrize("machine", ["sqlite", "postgresql"], indirect=True)
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


def test_release_before_fails_instead_of_deriving_from_nothing(machine: NewMachine) -> None:
    one = machine("one")
    one.begin()
    database = one.open()
    with pytest.raises(ValueError, match="hex"):
        bytes.fromhex(database.read(lambda session: stored_key(session).key))
    database.close()


def test_machine_with_another_file_does_not_change_the_key_of_a_new_database(machine: NewMachine) -> None:
    one, other = machine("one"), machine("other")
    one.must("migrate")
    other.must("migrate")
    there = Machine(one.url, other.folder)
    assert "of another database" in there.run("migrate").stderr
    one.must("migrate")


def test_backup_is_proved_with_its_key_or_not_at_all(machine: NewMachine) -> None:
    one, other = machine("one"), machine("other")
    one.begin()
    pairs, place = [KeyPair(), KeyPair()], one.folder / "place"
    place.mkdir()
    for number, pair in enumerate(pairs):
        (one.folder / str(number)).write_text(pair.private_key)
        words = {"TUNGNHA_BACKUP_DIR": str(place), "TUNGNHA_BACKUP_PUBLIC_KEY": pair.public_key}
        (place / f"of-{number}").mkdir()
        one.must("nightly-backup", *(["--new-place"] if number else []), **words)
        (backup,) = place.glob("tung-nha-*")
        backup.rename(place / f"of-{number}" / backup.name)
    assert len(list(place.glob("id-key-of-*"))) == 2, "one for each private key"
    (first,) = (place / "of-0").iterdir()
    unproved = other.run("check-backup", str(first), "--key", str(one.folder / "0"))
    assert (unproved.returncode, "neither beside it" in unproved.stderr) == (2, True)
    beside = first.rename(place / first.name)
    assert "ok" in other.must("check-backup", str(beside), "--key", str(one.folder / "0"))
    other.must("restore", str(beside), "--key", str(one.folder / "0"))
    assert other.secrets() == one.secrets()


@pytest.mark.parametrize("machine", ["postgresql"], indirect=True)
def test_key_reaches_no_log_of_postgresql(machine: NewMachine) -> None:
    one, other = machine("one"), machine("other")
    database = one.open()
    with database.engine.connect() as connection:
        first = connection.exec_driver_sql(FIRST_LOG).scalar_one()
    one.begin()
    pair, place = KeyPair(), one.folder / "place"
    place.mkdir()
    words = {"TUNGNHA_BACKUP_DIR": str(place), "TUNGNHA_BACKUP_PUBLIC_KEY": pair.public_key}
    one.must("nightly-backup", **words)
    backup = one.folder / "backup"
    one.must("backup", str(backup))
    other.must("restore", str(backup))
    with database.engine.connect() as connection:
        connection.exec_driver_sql("CHECKPOINT")
        found = connection.exec_driver_sql(LOGS, (first, f"%{one.key()}%")).scalars().all()
    database.close()
    assert found == []
