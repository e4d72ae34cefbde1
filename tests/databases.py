"""On which databases a test runs: all on SQLite, those on PostgreSQL too whose subject are statements.

The one rule: a folder whose package sends statements of its own, or whose subject are transactions, locks,
types or order, runs on both (`ON_BOTH`). What uses those packages — pages, files, commands, the words of an
answer — runs on SQLite alone, but for tests marked `both_databases`: those through which a page's statements
reach PostgreSQL at all. A test that is parametrized with `database_url` itself
runs on those that it names.
"""

from pathlib import Path

import pytest

ON_BOTH = tuple(
    f"tests/{folder}/"
    for folder in (
        "commune/accounts core faults fieldwork province reports review scenarios sync upkeep".split()
    )
)
assert all((Path(__file__).parents[1] / folder).is_dir() for folder in ON_BOTH), ON_BOTH


def databases_of(item: pytest.Item) -> list[str]:
    """The databases on which this test runs."""
    is_on_both = item.nodeid.startswith(ON_BOTH) or item.get_closest_marker("both_databases")
    return ["sqlite", "postgresql"] if is_on_both else ["sqlite"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test with a database of its own on each of its databases."""
    if "database_url" in metafunc.fixturenames and not _names_its_own(metafunc.definition):
        metafunc.parametrize("database_url", databases_of(metafunc.definition), indirect=True)


def _names_its_own(item: pytest.Item) -> bool:
    chosen = (mark.args[0] for mark in item.iter_markers("parametrize"))
    return any("database_url" in names for names in chosen)
