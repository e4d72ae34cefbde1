"""Operations on remarks for tests, and the leader who writes them."""

from typing import Any

from app.commune.accounts.models import Account
from app.core.db import Database
from app.core.feed import feed
from tests.phone import Phone, new_id
from tests.world import World

Op = dict[str, Any]


def let_lan_lead(database: Database, world: World, role: str = "leader") -> None:
    """Lan leads her team, or with another role does not any more."""

    def work(session: Any) -> None:
        lan = session.get_one(Account, (world.commune_id, world.lan))
        lan.role = role
        feed(session, world.commune_id, [lan])
        session.add(lan)

    database.write(work)


def record(phone: Phone, **changes: Any) -> Op:
    """A `remark.record` of a difficulty, for the day on which the tests begin."""
    data = {"id": new_id(), "kind": "difficulty", "text": "Sóng yếu ở cuối thôn", "about_on": "2026-11-24"}
    return phone.op("remark.record", data | changes)


def amend(phone: Phone, remark: Op, base_version: int = 1, **changes: Any) -> Op:
    """A `remark.amend` of a remark made by `record`."""
    return phone.op("remark.amend", remark["data"] | {"base_version": base_version} | changes)


def withdraw(phone: Phone, remark: Op) -> Op:
    """The `remark.withdraw` of a remark made by `record`."""
    return phone.op("remark.withdraw", {"id": remark["data"]["id"]})
