"""Random histories on the real server: save, send, lose answers, restart, restore, revoke, decide.

After every step nothing is lost and nothing doubled; in the end every queue is empty and every phone's
replica is that of a new phone. HISTORIES=300 SEED=7 runs 300 more of each kind, from number 7 on.
"""

import pytest

from tests.faults.mutants import install
from tests.rounds import histories
from tests.sync.arranging_history import ArrangingHistory
from tests.sync.closing_history import ClosingHistory
from tests.sync.deciding_history import DecidingHistory
from tests.sync.file_history import FileHistory
from tests.sync.history import History
from tests.sync.history_base import Place
from tests.sync.outreach_history import OutreachHistory
from tests.sync.purging_history import PurgingHistory
from tests.sync.remark_history import RemarkHistory

pytestmark = pytest.mark.slow

# A planted bug, the histories and the first of them that finds it, and the message.
PLANTED: list[tuple[str, type[History], int, str]] = [
    ("day_in_utc", History, 2, "counted on another day"),
    ("ledger_of_all_communes", History, 1, "acknowledged, and not in the ledger"),
    ("no_tombstone_of_remarks", RemarkHistory, 2, "a replica that differs from the server's rows"),
    ("no_tombstone_on_move", History, 16, "a replica that differs from the server's rows"),
    ("no_versions_of_remarks", RemarkHistory, 2, "other versions of remarks than were applied"),
    ("refusals_forgotten", History, 13, "rejected, and in the ledger or in quarantine"),
]


@histories("place", 1, 13, 16, 2)
def test_nothing_is_lost_and_nothing_doubled_in_any_history(number: int, place: Place) -> None:
    History(number, place).run()


@histories("place", 1, 2)
def test_decisions_on_the_quarantine_and_their_undo_lose_and_double_nothing(
    number: int, place: Place
) -> None:
    DecidingHistory(number, place).run()


@histories("place", 1, 2)
def test_files_beside_exchanges_lose_and_double_nothing_and_count_only_if_they_are_signed(
    number: int, place: Place
) -> None:
    FileHistory(number, place).run()


@histories("place", 4, 6)
def test_nothing_is_lost_and_nothing_doubled_where_the_ledger_is_purged(number: int, place: Place) -> None:
    PurgingHistory(number, place).run()


@histories("place", 9, 11, 3011, 6)
def test_closed_weeks_and_returns_and_approvals_stand_whatever_arrives_when(
    number: int, place: Place
) -> None:
    ClosingHistory(number, place).run()


@histories("place", 1, 2)
def test_moves_of_people_and_imports_and_their_undo_lose_and_double_nothing(
    number: int, place: Place
) -> None:
    ArrangingHistory(number, place).run()


@histories("place", 1, 2)
def test_outreach_sessions_beside_visits_are_not_lost_and_not_doubled(number: int, place: Place) -> None:
    OutreachHistory(number, place).run()


@histories("place", 1, 2)
def test_remarks_beside_visits_are_not_lost_and_not_doubled(number: int, place: Place) -> None:
    RemarkHistory(number, place).run()


@pytest.mark.mutant
@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("seed", "kind", "number", "message"), PLANTED)
def test_planted_bug_is_found(
    seed: str,
    kind: type[History],
    number: int,
    message: str,
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install(seed, monkeypatch.setattr)
    with pytest.raises(AssertionError, match=message):
        kind(number, place).run()
