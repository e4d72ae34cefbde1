"""Phones say of every household what the server's visits say, also of visits that they do not have."""

from datetime import timedelta

import pytest

from app.commune.accounts import sessions
from app.fieldwork.derived.household_days import outdated_rows
from tests.rounds import histories
from tests.sync.history_base import Place
from tests.sync.last_days_history import LastDaysHistory

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def lasting_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Years pass; nobody signs in again."""
    monkeypatch.setattr(sessions, "DEVICE_SESSION_LIFETIME", timedelta(days=9000))


@histories("place", 1, 2, 3)
def test_every_phone_says_of_its_households_what_all_visits_on_the_server_say(
    number: int, place: Place
) -> None:
    LastDaysHistory(number, place).run()


@pytest.mark.mutant
@pytest.mark.parametrize(("place", "number"), [("sqlite", 1)], indirect=["place"])
def test_row_that_stays_when_a_day_goes_back_is_found(
    number: int, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outdated_rows, "_is_earlier", lambda *_: False)
    with pytest.raises(AssertionError, match="a phone says something else of a household"):
        LastDaysHistory(number, place).run()
