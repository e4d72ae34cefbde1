"""Version numbers after a restore are above all that were assigned before, also if the clock is behind."""

from pathlib import Path

from sqlalchemy import make_url

from app.core.epoch import ServerEpoch
from tests.phone import Phone
from tests.upkeep.maintenance.conftest import Instance, send
from tests.world import World


def test_restore_with_the_clock_behind_an_earlier_one_gives_no_number_again(
    instance: Instance, lan: Phone, world: World
) -> None:
    """Restore the same backup again; it does not contain the restore in between."""
    visit = _begun(instance, lan, world)
    version = _restored_and_amended(instance, lan, visit)
    assert _restored_and_amended(instance, lan, visit, days=-30) > version


def test_without_a_desk_log_the_database_set_aside_tells_what_it_gave(
    instance: Instance, lan: Phone, world: World
) -> None:
    visit = _begun(instance, lan, world)
    version = _restored_and_amended(instance, lan, visit)
    instance.settings.desk_log_file.unlink()
    assert _restored_and_amended(instance, lan, visit, days=-30) > version


def test_without_the_database_the_desk_log_tells_of_earlier_restores(
    instance: Instance, lan: Phone, world: World
) -> None:
    visit = _begun(instance, lan, world)
    version = _restored_and_amended(instance, lan, visit)
    if not instance.database.is_sqlite:
        return  # only SQLite's database is a file that can be deleted
    instance.stop()
    Path(make_url(instance.settings.database).database or "").unlink()
    assert _restored_and_amended(instance, lan, visit, days=-30) > version


def test_version_numbers_in_the_backup_are_not_assigned_again(
    instance: Instance, lan: Phone, world: World
) -> None:
    """More versions were assigned than seconds have passed, and only the backup has them."""
    visit = _begun(instance, lan, world)
    instance.restore()
    lan.exchange()
    amended = [send(lan, lan.amend(visit, note=str(count)))[0][1]["version"] for count in range(3)]
    instance.backup.unlink()
    instance.back_up()
    version = send(lan, lan.amend(visit, note="sau"))[0][1]["version"]
    assert version == amended[-1] + 1
    instance.settings.desk_log_file.unlink()
    instance.clock.forward(hours=-1, seconds=1)
    assert _restored_and_amended(instance, lan, visit) > version


def test_correct_clock_gives_the_version_floor(instance: Instance, lan: Phone, world: World) -> None:
    _begun(instance, lan, world)
    instance.restore()
    instance.clock.forward(days=1)
    seconds = int(instance.clock().timestamp())
    instance.restore()
    assert [row.version_floor for row in instance.rows(ServerEpoch)] == [seconds]


def _begun(instance: Instance, lan: Phone, world: World) -> dict[str, object]:
    ((visit, _),) = send(lan, lan.visit(world.duc))
    instance.back_up()
    return visit


def _restored_and_amended(instance: Instance, lan: Phone, visit: dict[str, object], days: float = 0) -> int:
    """The version number of the first amendment in the new epoch."""
    instance.clock.forward(days=days)
    instance.restore()
    lan.exchange()
    ((_, result),) = send(lan, lan.amend(visit, note="sau"))
    number: int = result["version"]
    return number
