"""Small shapes that commands and the wire share, and what every command is."""

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

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


class Command(BaseModel):
    """What somebody asks for. Unknown keys are refused, so that nothing a phone sent is dropped unseen."""

    model_config = ConfigDict(extra="forbid")
