"""On which databases a test runs: all on SQLite, those on PostgreSQL too whose subject are statements.

The one rule: a folder whose package sends statements of its own, or whose subject are transactions, locks,
types or order, runs on both (`ON_BOTH`). What uses those packages — pages, files, commands, the words of an
answer — runs on SQLite alone, but for tests marked `both_databases`: those through which a page's statements
reach PostgreSQL at all. A test that is parametrized with `database_url` itself
runs on those that it names.

`PARTITIONED=1` (`make partitioned`) runs the tests of PostgreSQL alone, on a schema partitioned by commune
(`tests.tenancy`). Those marked `partitioned` run on it in every run.

`DISTRIBUTED=1` (`make distributed`) runs some of them on a Citus cluster (`ON_CITUS`). Those in
`tests/distributed` run on one wherever Citus is installed.
"""

import os
from pathlib import Path

import pytest

from tests.tenancy.partitions import PREFIX

ON_BOTH = tuple(
    f"tests/{folder}/"
    for folder in (
        "commune/accounts core faults fieldwork province reports review scenarios sync upkeep".split()
    )
)
assert all((Path(__file__).parents[1] / folder).is_dir() for folder in ON_BOTH), ON_BOTH
PARTITIONED = "postgresql-partitioned"
IS_PARTITIONED = os.environ.get("PARTITIONED") == "1"
DISTRIBUTED = "postgresql-distributed"
IS_DISTRIBUTED = os.environ.get("DISTRIBUTED") == "1"
_OF_A_CLUSTER = "tests/distributed/"
# Those whose subject are statements. Each takes a second, in which the rows of the test before are replaced.
ON_CITUS = (
    _OF_A_CLUSTER,
    *(f"tests/{one}" for one in "commune/accounts/ province/ reports/test_ review/ sync/quarantine/".split()),
    *(f"tests/{one}" for one in "fieldwork/ sync/test_push sync/test_pull web/".split()),
)
_RESTORE = "after_a_restore"  # which refuses a cluster
# The revisions change tables as they are without partitions.
NOT_PARTITIONED = ("tests/upkeep/migrations/", "tests/benchmarks/")


def databases_of(item: pytest.Item) -> list[str]:
    """The databases on which this test runs."""
    if item.nodeid.startswith(_OF_A_CLUSTER):
        return [DISTRIBUTED]
    is_on_both = item.nodeid.startswith(ON_BOTH) or item.get_closest_marker("both_databases")
    also = [PARTITIONED] if item.get_closest_marker("partitioned") and not IS_PARTITIONED else []
    return ["sqlite", "postgresql", *also] if is_on_both else ["sqlite", *also]


def chosen(database: str) -> str:
    """The database that a run has for one of those names."""
    if database != "postgresql":
        return database
    return PARTITIONED if IS_PARTITIONED else DISTRIBUTED if IS_DISTRIBUTED else database


def kind_of(url: str) -> str:
    """The name of the database at an address."""
    if url.startswith("sqlite"):
        return "sqlite"
    if f"/{PREFIX}" in url:
        return PARTITIONED
    return DISTRIBUTED if "@127.0.0.1:" in url else "postgresql"


def choose(items: list[pytest.Item]) -> list[pytest.Item]:
    """The tests of a run: with `PARTITIONED=1` those on PostgreSQL, with `DISTRIBUTED=1` some of them."""
    if IS_DISTRIBUTED:
        items = [item for item in items if item.nodeid.startswith(ON_CITUS) and _RESTORE not in item.nodeid]
    elif not IS_PARTITIONED:
        return items
    return [item for item in items if _is_on_postgresql(item)]


def _is_on_postgresql(item: pytest.Item) -> bool:
    if item.nodeid.startswith(_OF_A_CLUSTER):
        return IS_DISTRIBUTED
    parameters = getattr(item, "callspec", None)
    is_named = parameters is not None and "postgresql" in parameters.params.values()
    return is_named and not item.nodeid.startswith(NOT_PARTITIONED)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test with a database of its own on each of its databases."""
    if "database_url" in metafunc.fixturenames and not _names_its_own(metafunc.definition):
        metafunc.parametrize("database_url", databases_of(metafunc.definition), indirect=True)


def _names_its_own(item: pytest.Item) -> bool:
    chosen = (mark.args[0] for mark in item.iter_markers("parametrize"))
    return any("database_url" in names for names in chosen)
