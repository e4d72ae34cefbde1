"""A member's own days as the wire has them: what they recorded, as the server counts it."""

from typing import Literal

from typing_extensions import TypedDict  # pydantic makes no schema of the one in Python 3.11

from app.fieldwork.visits.codes import ReviewState


class OwnDay(TypedDict):
    """What counts of one day."""

    day: str
    visits: int
    sessions: int


class OwnMonth(TypedDict):
    """One of the commune's months, as the desk's activity sheet has it; `guided`: households, as `met`."""

    first: str
    visits: int
    met: int
    guided: int
    sessions: int
    days: list[OwnDay]


class OwnRecord(TypedDict):
    """A record of which the phone gets no row. `household`: a number that says no more than which of these
    visits are of one household."""

    id: str
    kind: Literal["visit", "session"]
    day: str
    state: ReviewState | Literal["withdrawn"]
    household: int
    met: bool
    guided: bool


class OwnDays(TypedDict):
    """`version` differs whenever anything else does. `months`: those of which phones have not all visits any
    more; `records`: what was recorded since in hamlets that are not the member's now, or at erased
    households."""

    version: str
    months: list[OwnMonth]
    records: list[OwnRecord]
