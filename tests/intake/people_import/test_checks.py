"""Whose number a row of a list has."""

import pytest
from sqlmodel import Session

from app.commune.accounts import people
from app.commune.accounts.access import Actor
from app.core.db import Database
from app.core.feed import feed
from app.intake.people_import.checks import check_people
from app.intake.people_import.records import CheckedList, ListedPerson
from tests.conftest import NOW
from tests.world import World


@pytest.mark.both_databases
def test_number_is_that_of_who_is_here_and_not_of_who_left(database: Database, world: World) -> None:
    """Two people shared a number until one of them left."""

    def share(session: Session) -> None:
        left, here = (
            people.new_account(session, world.commune_id, "+84900000077", name, "volunteer")
            for name in ("Lò A", "Lò B")
        )
        left.id, here.id, left.ended_at = "x", "y", NOW
        feed(session, world.commune_id, [left, here])
        session.add_all([left, here])

    def check(session: Session) -> CheckedList:
        binh = Actor(world.commune_id, world.binh, "Hoàng Văn Bình", "supervisor")
        return check_people(session, binh, [ListedPerson("", 2, "Lò C", "0900000077", "Thôn Đông", "")])

    database.write(share)
    (refused,) = database.read(check).refused
    assert (refused.sentence, refused.account_id) == ("Số này đang là của Lò B: mời riêng người này.", "y")
