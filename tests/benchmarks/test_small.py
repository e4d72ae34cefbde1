"""Each benchmark still runs: with tiny numbers, on the real server and the real database."""

from benchmarks import fleet
from benchmarks.figures import Figure


def test_fleet() -> None:
    figures = fleet.measure(small=True)
    assert len(figures) == 3
    assert_measured(figures)


def assert_measured(figures: list[Figure]) -> None:
    """Every figure has a value, and one that names a limit has measured it."""
    assert [figure.what for figure in figures if figure.value <= 0] == []
    assert [figure.what for figure in figures if bool(figure.limit) != bool(figure.limit_is)] == []
