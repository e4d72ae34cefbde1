"""The row of a household on the wire."""

from typing import NotRequired

from typing_extensions import TypedDict  # pydantic makes no schema of the one in Python 3.11

from app.fieldwork.households.models import FactValue, HouseholdState


class HouseholdRow(TypedDict):
    """A household as phones store it, with what its counted visits come to; servers before them send none.

    `met_on`, `guided_on`: the last day on which somebody was met and guided. `last_counted_on`: that of the
    newest visit, if it is another one than `met_on`. `last_result`, `last_follow_up_on`: what that visit came
    to. What is empty is left out, but not `met_on`. `smart_device`, `business`: what somebody has said of it.
    """

    id: str
    hamlet_id: str
    head_name: str
    house_no: str
    alley: str
    phone: str | None
    state: HouseholdState
    smart_device: NotRequired[FactValue]
    business: NotRequired[FactValue]
    version: int
    met_on: NotRequired[str | None]
    guided_on: NotRequired[str]
    last_counted_on: NotRequired[str]
    last_result: NotRequired[str]
    last_follow_up_on: NotRequired[str]
    feed_seq: int
