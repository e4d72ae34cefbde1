"""The budget of CPU seconds: which kind a test is of, and when the run fails."""

import pytest

from tests import cpu_budget
from tests.cpu_budget import BUDGETS, CALIBRATION, KINDS, exceeded, kind_of
from tests.docs.sources import ROOT

USED = {kind: float(most) for kind, most in BUDGETS.items()}


def test_every_kind_has_a_budget_and_files_that_exist() -> None:
    assert set(BUDGETS) == {*KINDS, "in process", cpu_budget.WORKERS}
    assert [path for paths in KINDS.values() for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("kind", BUDGETS)
def test_kind_that_uses_a_quarter_more_fails_the_run(kind: str) -> None:
    calibrations = [CALIBRATION] * 4
    assert exceeded(USED, calibrations) == []
    assert exceeded(USED | {kind: USED[kind] * 1.25}, calibrations) == [kind]


def test_slow_machine_has_a_larger_budget_and_a_noisy_one_more_room() -> None:
    more = {kind: seconds * 1.25 for kind, seconds in USED.items()}
    assert exceeded(more, [CALIBRATION * 2] * 4) == []
    assert exceeded(more, [CALIBRATION * 0.7, CALIBRATION * 1.3]) == []


def test_a_test_is_of_the_kind_of_its_folder() -> None:
    assert kind_of("tests/e2e/test_screens.py::test_phone") == "browsers"
    assert kind_of("tests/sync/test_histories.py::test_any[1]") == "kills, restores, histories"
    assert kind_of("tests/sync/test_push.py::test_any") == "in process"
