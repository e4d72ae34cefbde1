"""Which function of the project sends a statement, and which of them may ask all communes."""

import sys
from collections.abc import Iterator
from itertools import dropwhile
from pathlib import Path
from types import FrameType

ROOT = f"{Path(__file__).parents[2]}/"
# They hand statements on: whoever calls them has made the statement.
_PLUMBING = ("app/core/db.py", "app/core/sql/", "tests/tenancy/")
# Files, or functions of one, and why. A statement is allowed by what sends it, a transaction also by what
# called that.
ALLOWED = {
    "app/upkeep/maintenance/check.py:_unfinished": "what is being imported is of no commune that has begun",
    "app/upkeep/maintenance/desk_log.py": "the log is the instance's",
    "app/upkeep/maintenance/epoch.py": "an epoch is the instance's",
    "app/upkeep/maintenance/mode.py": "says whether anything has begun",
    "app/upkeep/maintenance/new_server.py": "an epoch is the instance's",
    "app/upkeep/maintenance/nightly/": "a backup has all communes",
    "app/upkeep/maintenance/restore.py": "a restore replaces all communes",
    "app/upkeep/retention/daily.py": "retention: once a day, of all communes",
    "app/upkeep/retention/run.py:communes": "finds the communes that have begun, one after the other",
    "app/upkeep/maintenance/status.py": "figures of the whole instance",
    "app/upkeep/migrations/": "a revision changes a table of all communes",
    "app/upkeep/audit/purge.py:_communes": "retention: once a day, of all communes",
    "app/upkeep/audit/purge.py:_is_plausible": "the newest entry of all says what the clock may be",
    "app/core/desk_log.py:stored_": "a restore takes the whole log over",
    "app/sync/export/keys.py:all_keys": "a restore takes all keys over",
    "app/sync/export/keys.py:find": "an export file of a build before names no commune",
    "app/fieldwork/derived/flags/versions.py:_outdated": "finds the communes with flags of earlier rules",
    "app/fieldwork/derived/flags/unevaluated.py:communes": "finds the communes that wait for their flags",
    "app/sync/quarantine/retry.py:_communes": "finds the communes in which something waits",
    "app/commune/credentials/silence.py:silent_communes": "the operators' list",
    "app/commune/credentials/communes.py:count_supervisors": "the operators' list",
    "app/commune/second_factor/losses.py:communes_with_open": "the operators' list",
    "app/web/operator/commune_list.py:show_communes": "the operators' list",
    "app/web/operator/status_page.py:show_status": "it lists silent communes and lost factors",
    "app/intake/household_import/runs/queries.py:purge_expired": "retention: once a day, of all communes",
}


def sender() -> str:
    """The project's function that sends a statement, with its file: *app/sync/pull.py:pull*."""
    return next(_callers(), "")


def owner() -> str:
    """The function that called `Database`; empty if the transaction is not one of its own."""
    outside = dropwhile(lambda name: not name.startswith("app/core/db.py"), _functions())
    return next((name for name in outside if not name.startswith(_PLUMBING)), "")


def is_allowed(name: str) -> bool:
    """Whether this function may ask all communes."""
    return name.startswith(tuple(ALLOWED))


def is_any_allowed() -> bool:
    """Whether one of the functions that are being executed may."""
    return any(map(is_allowed, _callers()))


def _callers() -> Iterator[str]:
    return (name for name in _functions() if not name.startswith(_PLUMBING))


def _functions() -> Iterator[str]:
    """The project's functions that are being executed, the innermost first."""
    frame: FrameType | None = sys._getframe(1)
    while frame:
        path = frame.f_code.co_filename
        if path.startswith(ROOT) and "/.venv/" not in path:
            yield f"{path[len(ROOT) :]}:{frame.f_code.co_name}"
        frame = frame.f_back
