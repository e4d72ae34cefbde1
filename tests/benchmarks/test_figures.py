"""A percentile is said where enough was measured to know it."""

from benchmarks import desk_server, start
from benchmarks.browser import SLOWER
from benchmarks.figures import ENOUGH, spread


def test_a_p95_is_of_sixty_at_least_and_a_p99_of_three_hundred() -> None:
    assert ENOUGH >= 60
    assert spread([1.0] * (ENOUGH - 1)) == "of 59: p50 1 ms"
    assert spread([1.0] * ENOUGH) == "of 60: p50 1, p95 1 ms"
    assert spread([1.0] * 5 * ENOUGH) == "of 300: p50 1, p95 1, p99 1 ms"


def test_what_is_judged_by_its_p95_is_measured_often_enough() -> None:
    assert min(desk_server.ROUNDS, start.TIMES[SLOWER]) >= ENOUGH
    assert desk_server.rounds_of([10, 20, 30], 60) == [(10, 20), (20, 20), (30, 60)]
