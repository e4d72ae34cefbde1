"""The days that the rules of flags are measured with are what they say, and stay as they were."""

import hashlib
import random
from itertools import pairwise
from pathlib import Path

from tests.fieldwork.derived.flags import days
from tests.fieldwork.derived.flags.days import HELD_OUT, HONEST, INVENTED, Days

# Of the file as it was before any rule about windows of a day was written.
CHECKSUM = "75886be202b53993d230648ad9549d7726a842c76316f0be498e3f39d070499a"


def test_the_generators_are_those_that_were_there_before_the_rules() -> None:
    assert hashlib.sha256(Path(days.__file__).read_bytes()).hexdigest() == CHECKSUM


def test_six_of_the_twelve_kinds_of_invention_are_held_out() -> None:
    assert (len(INVENTED), len(HELD_OUT)) == (12, 6)
    assert INVENTED.keys() > HELD_OUT


def test_the_same_seed_makes_the_same_day_and_another_another() -> None:
    for name, make in (HONEST | INVENTED).items():
        assert make(random.Random(7)) == _made(name)
        assert make(random.Random(8)) != _made(name)


def test_honest_days_have_nothing_invented_and_invented_ones_have() -> None:
    assert not any(visit.invented for name in HONEST for visit in _made(name))
    assert all(any(visit.invented for visit in _made(name)) for name in INVENTED)


def test_invented_days_are_as_invention_was_seen_to_be() -> None:
    assert 36 <= len(_made("forty_in_an_hour")) <= 44
    assert all(80 <= gap <= 100 for gap in _gaps(_made("forty_in_an_hour")))
    assert all(20 < gap < 33 for gap in _gaps(_made("twenty_in_minutes")))
    assert all(visit.result == "not_home" for visit in _made("absences_in_a_row") if visit.invented)
    assert all(visit.saved_at.hour < 6 for visit in _made("at_night"))


def _made(name: str) -> Days:
    return (HONEST | INVENTED)[name](random.Random(7))


def _gaps(made: Days) -> list[float]:
    return [(after.saved_at - before.saved_at).total_seconds() for before, after in pairwise(made)]
