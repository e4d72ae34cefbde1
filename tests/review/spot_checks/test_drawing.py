"""Drawing: in proportion, from every stratum, by chance, and the same from the same seed."""

import random
from collections import Counter
from dataclasses import replace

import pytest

from app.review.spot_checks.drawing import MetHousehold, StratumKey, allocate, draw, population_hash


def _population(*sizes: int) -> list[MetHousehold]:
    return [
        MetHousehold(f"h{stratum}-{n}", f"v{stratum}-{n}", StratumKey(f"thon-{stratum}", "lan"))
        for stratum, size in enumerate(sizes)
        for n in range(size)
    ]


def _ids(population: list[MetHousehold], size: int, seed: int) -> list[str]:
    return [one.household_id for one in draw(population, size, seed).drawn]


def test_same_households_and_seed_give_the_same_draw_in_any_order() -> None:
    population = _population(40, 9, 3)
    shuffled = random.Random(1).sample(population, len(population))
    assert _ids(population, 12, 5) == _ids(shuffled, 12, 5)
    assert population_hash(population) == population_hash(shuffled)
    assert _ids(population, 12, 5) != _ids(population, 12, 6)
    assert population_hash(population) != population_hash(population[1:])


def test_every_stratum_gets_its_share_and_at_least_one() -> None:
    assert allocate([100, 50, 25, 25], 40) == [20, 10, 5, 5]
    assert allocate([97, 1, 1, 1], 10) == [7, 1, 1, 1]
    assert allocate([3, 2], 5) == [3, 2]
    dice = random.Random(7)
    for _turn in range(300):
        sizes = [dice.randrange(1, 60) for _ in range(dice.randrange(1, 12))]
        total = dice.randint(len(sizes), sum(sizes))
        numbers = allocate(sizes, total)
        assert sum(numbers) == total
        for number, size in zip(numbers, sizes, strict=True):
            assert 1 <= number <= size
            # Only what others must have at least is taken from a share.
            assert number < total * size / sum(sizes) + 1


def test_a_stratum_of_which_rules_say_something_gets_more() -> None:
    assert allocate([40, 40, 40], 12) == [4, 4, 4]
    assert allocate([40, 40, 40], 12, [0, 40, 0]) == [3, 6, 3]
    assert allocate([2, 2], 4, [2, 0]) == [2, 2]
    plain = _population(40, 40)
    doubted = [replace(one, has_sign=one.stratum.hamlet_id == "thon-1") for one in plain]
    assert [len(drawn) for _key, _size, drawn in draw(doubted, 12, 5).strata] == [4, 8]
    assert population_hash(doubted) != population_hash(plain)


@pytest.mark.parametrize("total", [1, 6])
def test_too_few_and_too_many_are_refused(total: int) -> None:
    with pytest.raises(ValueError, match=str(total)):
        allocate([3, 2], total)


def test_each_household_of_a_stratum_is_drawn_as_often_as_the_others() -> None:
    population = _population(20, 5)
    drawn = Counter(id for seed in range(1_000) for id in _ids(population, 10, seed))
    # 8 of 20 and 2 of 5: 400 times of 1,000 each; the standard deviation is 15.5.
    assert len(drawn) == 25
    assert all(325 < count < 475 for count in drawn.values())
