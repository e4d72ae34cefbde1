"""Text: the vectors of tests/contract/vectors/text.json, which the phone's tests use too."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import TextRefused
from app.core.text import (
    by_address,
    by_given_name,
    fold,
    has_words,
    is_near,
    mask_digits,
    nfc,
    search_text,
    search_words,
    words_to_find,
)
from tests.cases import cases

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "contract" / "vectors" / "text.json").read_text("utf-8")
)


@cases("case", VECTORS["nfc"])
def test_stored_text(case: dict[str, str]) -> None:
    assert nfc(case["text"]) == case["stored"]


@cases("case", VECTORS["fold"])
def test_folded_text(case: dict[str, str]) -> None:
    assert fold(case["text"]) == case["folded"]


@cases("names", VECTORS["given_name_order"])
def test_order_of_given_names(names: list[str]) -> None:
    assert sorted(reversed(names), key=by_given_name) == names


@pytest.mark.parametrize("households", VECTORS["address_order"])
def test_order_of_addresses(households: list[dict[str, str]]) -> None:
    def key(household: dict[str, str]) -> bytes:
        return by_address(household["alley"], household["house_no"], household["head_name"])

    assert sorted(reversed(households), key=key) == households


@cases("text", ["a\x00b", "a\ud800", "a\u202eb", "a\u2066b", "a\x1bb", "a\x85b"])
def test_controls_surrogates_and_bidi_overrides_are_refused(text: str) -> None:
    with pytest.raises(TextRefused):
        nfc(text)


@cases("case", VECTORS["mask"])
def test_long_runs_of_digits_are_masked(case: dict[str, str]) -> None:
    assert mask_digits(case["note"]) == case["shown"]


@cases("case", VECTORS["search"])
def test_words_of_a_search(case: dict[str, Any]) -> None:
    assert has_words(label_of(case), search_words(case["query"])) == case["found"]


@cases("case", VECTORS["titles"])
def test_forms_of_address_are_left_out_of_a_search_that_finds_nothing(case: dict[str, Any]) -> None:
    label, query = label_of(case), case["query"]
    assert has_words(label, search_words(query)) == case["first"]
    assert has_words(label, words_to_find(query, [label])) == case["found"]


def test_forms_of_address_stay_in_a_search_that_finds_with_them() -> None:
    labels = [search_text("Hồ Văn Nam 13"), search_text("Bùi Đình Quý 13")]
    wanted = words_to_find("Hồ 13", labels)
    assert [has_words(label, wanted) for label in labels] == [True, False]


def label_of(case: dict[str, Any]) -> str:
    household = case["household"]
    return search_text(f"{household['head_name']} {household['house_no']} {household['alley']}")


@cases("case", VECTORS["near"])
def test_texts_with_one_wrong_letter_are_near(case: dict[str, Any]) -> None:
    assert is_near(case["one"], case["other"]) == is_near(case["other"], case["one"]) == case["near"]
