"""The row of a household on the wire."""

from typing_extensions import TypedDict  # pydantic makes no schema of the one in Python 3.11


class HouseholdRow(TypedDict):
    """A household as phones store it."""

    id: str
    hamlet_id: str
    head_name: str
    house_no: str
    alley: str
    phone: str | None
    state: str
    version: int
    feed_seq: int
