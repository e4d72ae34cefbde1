"""The types of ids, days and nested values that the wire and the desk share."""

from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from app.core.types import MAX_DEPTH, Id, is_id, is_too_deep, validate_year
from tests.cases import cases

IDS: TypeAdapter[str] = TypeAdapter(Id)


@cases("text", ["a", "thon-dong", "A_9-", "x" * 64])
def test_an_id_is_one_in_routes_and_on_the_wire(text: str) -> None:
    assert is_id(text)
    assert IDS.validate_python(text) == text


@cases("text", ["", "a b", "a\n", "a\x00", "é", "x" * 65])
def test_other_text_is_none_in_routes_and_on_the_wire(text: str) -> None:
    assert not is_id(text)
    with pytest.raises(ValidationError):
        IDS.validate_python(text)


@pytest.mark.parametrize("day", [date(1999, 12, 31), date(2201, 1, 1)])
def test_a_day_outside_the_calendar_of_the_app_is_refused(day: date) -> None:
    with pytest.raises(ValueError, match="century"):
        validate_year(day)


def test_depth_counts_lists_and_objects() -> None:
    nested: Any = 0
    for _ in range(MAX_DEPTH):
        nested = [nested]
    assert not is_too_deep(nested)
    assert is_too_deep({"a": nested})
