"""`cases`: every row runs, in one test, and a row that fails is named."""

import pytest

from tests.cases import cases


@cases("base", [2, 3])
@cases("power, result", [(0, 1), (1, None)])
def test_rows_of_two_tables_are_combined(base: int, power: int, result: int | None) -> None:
    assert base**power == (base if result is None else result)


def test_every_row_runs_and_those_that_fail_are_named() -> None:
    seen = []

    @cases("row", [1, 2, 3])
    def odd(row: int) -> None:
        seen.append(row)
        assert row % 2

    with pytest.raises(AssertionError) as raised:
        odd()
    assert seen == [1, 2, 3]
    assert raised.value.__notes__ == ["failed with:\n  {'row': 2}"]


def test_fixtures_stay_parameters() -> None:
    assert test_rows_of_two_tables_are_combined.__name__ == "test_rows_of_two_tables_are_combined"

    @cases("row", [1])
    def with_fixture(row: int, tmp_path: str) -> None:
        assert (row, tmp_path) == (1, "folder")

    with_fixture(tmp_path="folder")
