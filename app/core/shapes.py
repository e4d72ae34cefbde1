"""Small shapes that commands and the wire share, and what every command is."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

MAX_DEPTH = 20  # of lists and objects in one another; what a phone records has four
_MAX_NUMBER = 2**53 - 1  # the largest integer a browser keeps exactly
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _uuid(text: str) -> str:
    if not _UUID.fullmatch(text):
        raise ValueError("not a lower-case UUID")
    return text


def of_our_time(day: date) -> date:
    """The day. Raises ValueError for one so far off that reckoning with it may leave the calendar."""
    if not 2000 <= day.year <= 2200:
        raise ValueError("not a year of this century or the next")
    return day


def _instant(instant: AwareDatetime) -> AwareDatetime:
    of_our_time(instant.date())
    return instant


Uuid = Annotated[str, AfterValidator(_uuid)]
Token = Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9_-]*$")]
Number = Annotated[int, Field(strict=True, ge=0, le=_MAX_NUMBER)]
Moment = Annotated[AwareDatetime, AfterValidator(_instant)]
Day = Annotated[date, AfterValidator(of_our_time)]


def is_too_deep(value: Any) -> bool:
    """Whether lists and objects lie more than `MAX_DEPTH` deep in one another. Deeper ones can end in a
    `RecursionError`, later and elsewhere: each function that walks through them has another limit."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _inside(outer) if isinstance(inner, dict | list)]
        if not level:
            return False
    return True


def _inside(outer: Any) -> Iterable[Any]:
    return outer.values() if isinstance(outer, dict) else outer


class Command(BaseModel):
    """What somebody asks for. Unknown keys are refused, so that nothing a phone sent is dropped unseen."""

    model_config = ConfigDict(extra="forbid")
