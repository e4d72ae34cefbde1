"""Types that commands and the wire share, and the base of every command."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

MAX_DEPTH = 20  # of nested lists and objects; an operation of the phone has four
_CONTAINERS = (dict, list)
JsonObject = dict[str, Any]  # parsed and not validated
Row = dict[str, Any]  # of a table, by its columns
R = TypeVar("R")  # a `TypedDict` of such a row
C = TypeVar("C", bound=str)
_MAX_NUMBER = 2**53 - 1  # the largest integer that JavaScript's numbers hold exactly
_ID = re.compile("[A-Za-z0-9_-]{1,64}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def is_uuid(text: str) -> bool:
    """Whether `text` is a UUID in small letters."""
    return len(text) == 36 and _UUID.fullmatch(text) is not None


def _uuid(text: str) -> str:
    if not is_uuid(text):
        raise ValueError("not a lower-case UUID")
    return text


def code_of(codes: Iterable[C], text: str) -> C | None:
    """That of `codes` which `text` is; None if it is none of them."""
    return next((code for code in codes if code == text), None)


def is_id(text: str) -> bool:
    """Whether `text` has the form of an id, whatever it may name: 1 to 64 letters, digits, `-` and `_`."""
    return _ID.fullmatch(text) is not None


def validate_year(day: date) -> date:
    """`day`. Raises ValueError unless its year is 2000 to 2200: beyond, date arithmetic may overflow."""
    if not 2000 <= day.year <= 2200:
        raise ValueError("not a year of this century or the next")
    return day


def _text_of_instant(value: object) -> object:
    """`value`. Raises ValueError for a number, also as a text: pydantic reads it as seconds since 1970."""
    if isinstance(value, int | float) or (isinstance(value, str) and not _DAY.match(value)):
        raise ValueError("not an instant in ISO 8601")
    return value


def _instant(instant: AwareDatetime) -> AwareDatetime:
    validate_year(instant.date())
    return instant


Uuid = Annotated[str, AfterValidator(_uuid)]
Id = Annotated[str, Field(pattern=rf"^{_ID.pattern}$")]
# Opaque to phones: they send back what the server gave them. Empty for a phone that may see nothing.
Token = Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9_-]*$")]
Number = Annotated[int, Field(strict=True, ge=0, le=_MAX_NUMBER)]
Moment = Annotated[AwareDatetime, BeforeValidator(_text_of_instant), AfterValidator(_instant)]
Day = Annotated[date, AfterValidator(validate_year)]


def is_too_deep(value: object) -> bool:
    """Whether lists and objects of a JSON value are nested more than `MAX_DEPTH` deep.

    Deeper values may later raise `RecursionError`, in any function that recurses into them.
    """
    level: list[object] = [value]
    for _ in range(MAX_DEPTH):
        inner: list[object] = []
        for outer in level:
            if isinstance(outer, dict):
                inner += [member for member in outer.values() if isinstance(member, _CONTAINERS)]
            elif isinstance(outer, list):
                inner += [member for member in outer if isinstance(member, _CONTAINERS)]
        if not inner:
            return False
        level = inner
    return True


class Command(BaseModel):
    """The input of a command. Unknown keys are refused, so that nothing that a phone sent gets lost."""

    model_config = ConfigDict(extra="forbid")
