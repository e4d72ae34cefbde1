"""Revision 0045: households stay as they are, and nobody has said anything of them yet."""

from alembic import command

from app.core.db import Database
from app.upkeep.migrations import config, upgrade
from tests.phone import Phone
from tests.review.deduplication.merges import find_household
from tests.world import World


def test_households_stay_and_their_facts_are_unknown_until_somebody_says_them(
    lan: Phone, world: World, database: Database
) -> None:
    lan.exchange(lan.op("household.amend", {"id": world.duc, "base_version": 1, "smart_device": "no"}))
    command.downgrade(config(database), "0044")
    upgrade(database)
    duc = find_household(database, world, world.duc)
    assert (duc.head_name, duc.version, duc.smart_device, duc.business) == ("Nguyễn Văn Đức", 2, None, None)
    assert lan.statuses(
        lan.op("household.amend", {"id": world.duc, "base_version": 2, "business": "yes"})
    ) == ["applied"]
    assert find_household(database, world, world.duc).business == "yes"
