"""Random histories over the real server: save, send, lose answers, restart, restore, revoke, decide, move on.

After every step nothing is lost and nothing doubled; in the end every queue is empty and every phone's copy
of the list is what a new phone would be given. HISTORIES=300 SEED=7 asks for more of them, from another
seed on.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.conftest import NewPostgres
from tests.faults.seeds import plant
from tests.sync.history import History, Place

HISTORIES = int(os.environ.get("HISTORIES", "8"))
SEED = int(os.environ.get("SEED", "1"))
# A bug, the first history that meets it, and what is seen there.
SEEN: list[tuple[str, int, str]] = [
    ("day_in_utc", 2, "counted on another day"),
    ("ledger_of_all_communes", 1, "called sent, and not on the server"),
    ("no_gone_on_move", 7, "a list that is not the server's"),
    ("refusals_forgotten", 13, "sent back to its author, and kept"),
]


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest) -> Place:
    """A new database for each history: its address, and how to do away with it."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        return lambda: _sqlite(template)
    new_database: NewPostgres = request.getfixturevalue("new_postgres")
    return new_database


def _sqlite(template: Path) -> tuple[str, Callable[[], None]]:
    folder = TemporaryDirectory()
    file = Path(folder.name) / "history.sqlite3"
    shutil.copy(template, file)
    return f"sqlite:///{file}", folder.cleanup


@pytest.mark.parametrize("number", range(SEED, SEED + HISTORIES))
def test_nothing_is_lost_and_nothing_doubled_in_any_history(number: int, place: Place) -> None:
    History(number, place).run()


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("seed", "number", "sight"), SEEN)
def test_broken_rule_is_seen(
    seed: str, number: int, sight: str, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(seed, monkeypatch.setattr)
    with pytest.raises(AssertionError, match=sight):
        History(number, place).run()
