"""A restore repeats what operators have switched off and on since the backup."""

from collections.abc import Callable

import pytest

from app.commune.credentials import communes, operators
from tests.phone import Phone
from tests.upkeep.maintenance.conftest import Instance
from tests.world import World

Switch = Callable[..., None]


@pytest.fixture
def switch(instance: Instance, world: World) -> Callable[[Switch], None]:
    """Switches the commune as the operator An."""
    an = instance.database.write(
        lambda session: operators.add_operator(session, "An", "an.lt", "no hash", instance.clock())
    )
    return lambda work: instance.database.write(
        lambda session: work(session, an, world.commune_id, instance.clock())
    )


def test_commune_switched_off_since_the_backup_stays_off(
    instance: Instance, lan: Phone, switch: Callable[[Switch], None]
) -> None:
    instance.back_up()
    for work in (communes.switch_off, communes.switch_on, communes.switch_off):
        switch(work)
        instance.clock.forward(seconds=1)
    assert instance.restore().reverted.decisions == []
    assert lan.send().json()["error"] == "commune_off"


def test_commune_switched_on_since_the_backup_stays_on(
    instance: Instance, lan: Phone, switch: Callable[[Switch], None]
) -> None:
    switch(communes.switch_off)
    instance.back_up()
    switch(communes.switch_on)
    assert instance.restore().reverted.decisions == []
    assert lan.send().status_code == 200
