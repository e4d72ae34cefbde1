"""A lost id key is replaced, once nothing else helps; one that is there is not."""

import pytest

from app.core.desk_log import stored_entries
from app.core.id_key.stored import KeyFile
from app.upkeep.maintenance.id_key.files import beside
from tests.upkeep.maintenance.machines import NewMachine


@pytest.mark.parametrize("machine", ["sqlite", "postgresql"], indirect=True)
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
    beside(backup).unlink()
    assert "authenticator apps" in other.must("restore", str(backup), "--new-id-key")
    other.must("check")
    assert other.key() != one.key()


def test_key_that_cannot_be_read_is_not_lost(machine: NewMachine) -> None:
    one = machine("one")
    one.begin()
    one.key_file.write_text("")
    refused = one.run("new-id-key", "--lost")
    assert (refused.returncode, "rename it" in refused.stderr) == (2, True)
    checked = one.run("check")
    assert (checked.returncode, "id key: MISSING" in checked.stdout) == (1, True)


def test_key_that_is_there_is_not_replaced_by_a_restore(machine: NewMachine) -> None:
    one, other = machine("one"), machine("other")
    one.begin()
    backup = one.folder / "backup"
    one.must("backup", str(backup))
    refused = other.run("restore", str(backup), "--new-id-key")
    assert (refused.returncode, "it is not lost" in refused.stderr) == (2, True)


def test_server_that_was_started_once_takes_the_key_of_the_lost_one(machine: NewMachine) -> None:
    one, other = machine("one"), machine("other")
    one.begin()
    other.must("migrate")
    other.must("migrate", "--new", "--id-key", str(one.key_file))
    assert other.key() == one.key()
