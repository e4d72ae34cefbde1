"""Numbers of identity cards: the vectors of tests/contract/vectors/id_numbers.json, as for the phone."""

import json
from pathlib import Path

from app.core.numbers.id_numbers import mask_id_numbers, mask_values
from tests.cases import cases

VECTORS: list[dict[str, str]] = json.loads(
    (Path(__file__).parents[2] / "contract" / "vectors" / "id_numbers.json").read_text("utf-8")
)["mask"]


@cases("case", VECTORS)
def test_numbers_of_identity_cards_are_masked_and_no_others(case: dict[str, str]) -> None:
    assert mask_id_numbers(case["text"]) == case["stored"]
    assert mask_id_numbers(case["stored"]) == case["stored"]


def test_values_are_masked_wherever_they_are_but_for_ids_numbers_and_addresses() -> None:
    card = "001085012345"
    untouched = {
        "id": "00108501-2345-4678-8901-234567890123",
        "phone": "912345678",
        "house_no": "12/34/56/789",
        "people": 3,
        "quick": True,
        "needs": ["vneid_install"],
    }
    assert mask_values(untouched) is untouched
    masked = mask_values({**untouched, "note": card, "of": [{"text": f"thẻ {card}"}, card]})
    assert masked == {**untouched, "note": "•" * 12, "of": [{"text": f"thẻ {'•' * 12}"}, "•" * 12]}
