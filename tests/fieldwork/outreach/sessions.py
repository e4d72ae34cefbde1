"""Operations on outreach sessions for tests."""

from typing import Any

from tests.phone import Phone, new_id

Op = dict[str, Any]


def record(phone: Phone, hamlet: str, **changes: Any) -> Op:
    """An `outreach.record` of 30 people in the house of culture on the day that the tests begin."""
    data = {
        "id": new_id(),
        "hamlet_id": hamlet,
        "place": "Nhà văn hóa thôn",
        "held_on": "2026-11-24",
        "services": ["vneid_install", "vietqr"],
        "people": 30,
    }
    return phone.op("outreach.record", data | changes)


def amend(phone: Phone, session: Op, base_version: int = 1, **changes: Any) -> Op:
    """An `outreach.amend` of a session made by `record`."""
    return phone.op("outreach.amend", session["data"] | {"base_version": base_version} | changes)


def withdraw(phone: Phone, session: Op) -> Op:
    """The `outreach.withdraw` of a session made by `record`."""
    return phone.op("outreach.withdraw", {"id": session["data"]["id"]})
