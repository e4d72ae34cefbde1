"""The interval of a spot check against textbooks, and its weights against households counted one by one."""

import random

import pytest

from app.review.spot_checks.estimate import Estimate, StratumAnswers, estimate, wilson


# R. G. Newcombe, Statistics in Medicine 17 (1998) 857–872, table I, method 3.
@pytest.mark.parametrize(
    ("right", "count", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_interval_is_the_textbooks(right: int, count: int, low: float, high: float) -> None:
    assert wilson(right / count, count) == pytest.approx((low, high), abs=5e-5)
    found = estimate([StratumAnswers(500, right, count - right)])
    assert found
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_strata_drawn_in_proportion_have_the_interval_of_one_sample() -> None:
    found = estimate([StratumAnswers(120, 11, 1), StratumAnswers(80, 8, 0), StratumAnswers(50, 5, 0)])
    assert found
    assert found.households == 250
    assert found.share == pytest.approx(24 / 25)
    assert (found.low, found.high) == pytest.approx(wilson(24 / 25, 25))


def test_each_answer_counts_for_the_households_that_it_stands_for() -> None:
    dice = random.Random(33)
    for _turn in range(200):
        strata = [
            StratumAnswers(dice.randrange(10, 400), dice.randrange(6), dice.randrange(6)) for _ in range(9)
        ]
        weighed = [
            (one.households / one.answers, place < one.confirmed)
            for one in strata
            for place in range(one.answers)
        ]
        total = sum(weight for weight, _right in weighed)
        share = sum(weight for weight, right in weighed if right) / total
        effective = total**2 / sum(weight**2 for weight, _right in weighed)
        found = estimate(strata)
        assert found
        assert found.share == pytest.approx(share)
        assert (found.low, found.high) == pytest.approx(wilson(share, effective))


def test_strata_without_answers_stand_for_nothing() -> None:
    assert estimate([StratumAnswers(300, 0, 0)]) is None
    found = estimate([StratumAnswers(300, 0, 0), StratumAnswers(20, 20, 0)])
    assert found == Estimate(1.0, *wilson(1, 20), 20)
