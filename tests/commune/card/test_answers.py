"""The six digits of a card: the vectors of tests/contract/vectors/card.json, as for the phone."""

import json
from base64 import b64decode
from pathlib import Path

from app.commune.card.answers import ANSWER, answer_of

VECTORS = json.loads((Path(__file__).parents[2] / "contract/vectors/card.json").read_text())


def test_answers_are_those_of_the_phone() -> None:
    secret = b64decode(VECTORS["secret"])
    assert {question: answer_of(secret, question) for question in VECTORS["answers"]} == VECTORS["answers"]


def test_every_question_has_an_answer_and_each_secret_another_one() -> None:
    answers = [answer_of(bytes([byte]) * 32, "0417") for byte in range(256)]
    assert all(map(ANSWER.fullmatch, answers))
    assert len({*answers}) > 250, "two of 256 may be the same by chance"
