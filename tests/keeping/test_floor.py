"""Numbers of versions after a restore are above every number ever given, whatever the clock says."""

from pathlib import Path

from sqlalchemy import make_url

from app.core.db import ServerEpoch
from tests.keeping.conftest import Instance, send
from tests.sync.phone import Phone
from tests.world import World


def test_restore_with_the_clock_behind_an_earlier_one_gives_no_number_again(
    instance: Instance, lan: Phone, world: World
) -> None:
    """The same backup, which knows nothing of the restore between."""
    visit = _begun(instance, lan, world)
    given = _restored_and_amended(instance, lan, visit)
    assert _restored_and_amended(instance, lan, visit, days=-30) > given


def test_without_a_desk_log_the_database_set_aside_tells_what_it_gave(
    instance: Instance, lan: Phone, world: World
) -> None:
    visit = _begun(instance, lan, world)
    given = _restored_and_amended(instance, lan, visit)
    instance.settings.desk_log_file.unlink()
    assert _restored_and_amended(instance, lan, visit, days=-30) > given


def test_without_the_database_the_desk_log_tells_of_earlier_restores(
    instance: Instance, lan: Phone, world: World
) -> None:
    visit = _begun(instance, lan, world)
    given = _restored_and_amended(instance, lan, visit)
    if not instance.database.is_sqlite:
        return  # there the operator has a file to lose, here a server
    instance.stop()
    Path(make_url(instance.settings.database).database or "").unlink()
    assert _restored_and_amended(instance, lan, visit, days=-30) > given


def test_numbers_in_the_backup_itself_are_not_given_again(
    instance: Instance, lan: Phone, world: World
) -> None:
    """More was written within a second than a clock counts, and nothing else tells of it."""
    visit = _begun(instance, lan, world)
    instance.restore()
    lan.exchange()
    amended = [send(lan, lan.amend(visit, note=str(count)))[0][1]["version"] for count in range(3)]
    instance.backup.unlink()
    instance.back_up()
    given = send(lan, lan.amend(visit, note="sau"))[0][1]["version"]
    assert given == amended[-1] + 1
    instance.settings.desk_log_file.unlink()
    instance.clock.forward(hours=-1, seconds=1)
    assert _restored_and_amended(instance, lan, visit) > given


def test_clock_that_is_right_says_where_numbers_go_on(instance: Instance, lan: Phone, world: World) -> None:
    _begun(instance, lan, world)
    instance.restore()
    instance.clock.forward(days=1)
    seconds = int(instance.clock().timestamp())
    instance.restore()
    assert [row.floor for row in instance.rows(ServerEpoch)] == [seconds]


def _begun(instance: Instance, lan: Phone, world: World) -> dict[str, object]:
    ((visit, _),) = send(lan, lan.visit(world.duc))
    instance.back_up()
    return visit


def _restored_and_amended(instance: Instance, lan: Phone, visit: dict[str, object], days: float = 0) -> int:
    """The number that the first amendment of the new history is given."""
    instance.clock.forward(days=days)
    instance.restore()
    lan.exchange()
    ((_, result),) = send(lan, lan.amend(visit, note="sau"))
    number: int = result["version"]
    return number
