"""Each benchmark still runs: with tiny numbers, on the real server and the real database."""

import shutil

import pytest

from benchmarks import (
    archive,
    audit,
    databases,
    deployment,
    desk,
    downloads,
    first_download,
    flags,
    fleet,
    growth,
    imports,
    nation,
    operator,
    pages,
    province,
    push,
    queue,
    scrolling,
    size,
    slow_visit,
    start,
)
from benchmarks.figures import Figure
from benchmarks.processes import server
from tests import postgres
from tests.conftest import skip_without
from tests.machine import chromium


def test_flags() -> None:
    assert_measured(flags.measure(small=True))


def test_scrolling() -> None:
    if chromium() is None:
        skip_without("Chromium")
    assert_measured(scrolling.measure(small=True))


def test_audit() -> None:
    assert_measured(audit.measure(small=True))


def test_push() -> None:
    assert_measured(push.measure(small=True))


def test_fleet(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = []
    cpu = databases.Sqlite.cpu

    def look(store: databases.Sqlite) -> float:
        connection = store.connect()
        waiting.append(connection.execute("SELECT count(*) FROM unevaluated_day").fetchone()[0])
        connection.close()
        return cpu(store)

    monkeypatch.setattr(databases.Sqlite, "cpu", look)
    figures = fleet.measure(small=True)
    assert len(figures) == 5
    assert_measured(figures)
    assert set(waiting) == {0}, "a clock was read before the flags were computed"


def test_memory_at_rest_is_within_its_budget() -> None:
    with databases.store("sqlite") as store, server(store.url) as instance:
        assert deployment.resident(instance.process.pid) / 1e6 <= deployment.AT_REST


@pytest.mark.deploy
def test_deployment() -> None:
    if shutil.which("caddy") is None:
        skip_without("Caddy")
    assert_measured(deployment.measure(small=True))


@pytest.mark.deploy
def test_slow_visit() -> None:
    if shutil.which("caddy") is None:
        skip_without("Caddy")
    assert_measured(slow_visit.measure(small=True))


@pytest.mark.deploy
def test_archive() -> None:
    if shutil.which("barman") is None:
        skip_without("barman")
    *nights, snapshot = archive.measure(small=True)
    assert_measured(nights)
    assert snapshot.within


def test_first_download() -> None:
    assert_measured(first_download.measure(small=True))


def test_queue() -> None:
    figures = queue.measure(small=True)
    assert [figure.unit for figure in figures] == ["s", "s", "B"]
    assert_measured(figures)


def test_start() -> None:
    assert_measured(start.measure(small=True))


def test_desk() -> None:
    assert_measured(desk.measure(small=True))


def test_pages() -> None:
    assert_measured(pages.measure(small=True))


def test_operator() -> None:
    assert_measured(operator.measure(small=True))


def test_province() -> None:
    assert_measured(province.measure(small=True))


def test_downloads() -> None:
    assert_measured(downloads.measure(small=True))


def test_size() -> None:
    figures = size.measure(small=True)
    assert [figure.unit for figure in figures] == ["B", "B"]
    assert_measured(figures)


def test_growth() -> None:
    assert_measured(growth.measure(small=True))


def test_nation() -> None:
    if postgres.find_bin_dir() is None:
        skip_without("PostgreSQL")
    assert_measured(nation.measure(small=True))


def test_imports() -> None:
    assert_measured(imports.measure(small=True))


def assert_measured(figures: list[Figure]) -> None:
    """Every figure has a value, and one that names a limit has measured it."""
    assert [figure.what for figure in figures if figure.value <= 0] == []
    assert [figure.what for figure in figures if bool(figure.limit) != bool(figure.limit_is)] == []
