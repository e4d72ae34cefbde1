"""Phone numbers: what people type is stored in E.164 and shown as they write it."""

import pytest

from app.core.numbers.phone import display_phone, normalize_phone
from tests.cases import cases


@cases("typed", ["0900000001", "0900 000 001", "+84 900 000 001", "0900.000.001", "84900000001"])
def test_number_is_normalized_however_it_is_typed(typed: str) -> None:
    assert normalize_phone(typed) == "+84900000001"


@cases("typed", ["", "abc", "12", "0900", "09000000010000000"])
def test_text_that_is_no_phone_number_gives_none(typed: str) -> None:
    assert normalize_phone(typed) is None


@pytest.mark.parametrize(
    ("number", "shown"), [("+84900000001", "0900 000 001"), ("+842053812345", "02053812345"), (None, "")]
)
def test_number_is_shown_as_people_write_it(number: str | None, shown: str) -> None:
    assert display_phone(number) == shown
