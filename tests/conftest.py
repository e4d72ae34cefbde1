"""Fixtures: every test that asks for `database` runs on SQLite and on PostgreSQL."""

import itertools
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import psycopg
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.accounts import hashing
from app.core.config import Settings
from app.core.db import Database
from app.main import create_app
from app.migrations import upgrade
from tests import postgres
from tests.world import World, build

T = TypeVar("T")
NewPostgres = Callable[..., tuple[str, Callable[[], None]]]

EMPTY, INHABITED = "template_empty", "template_world"
NOW = datetime(2026, 11, 24, 9, 40, tzinfo=UTC)  # 16:40 in Vietnam


class FakeClock:
    """The app's clock, set by the test."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **parts: float) -> None:
        self.now += timedelta(**parts)


def missing(what: str) -> None:
    """A test that cannot run for want of a program: a failure in CI, loud elsewhere."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing, and CI skips nothing")
    pytest.skip(f"{what} is missing: make test installs it on Debian")


@pytest.fixture(scope="session", autouse=True)
def _quick_hashes() -> None:
    """argon2 at its lowest cost: everybody signs in anew in every test. Servers of their own do not."""
    hashing._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    hashing.NOBODY = hashing.hash_secret("nobody's")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, otherwise empty database."""
    file = tmp_path_factory.mktemp("template") / "template.sqlite3"
    _prepare(f"sqlite:///{file}", upgrade)
    return file


@pytest.fixture(scope="session")
def sqlite_world(sqlite_template: Path) -> tuple[Path, World]:
    """The same with the cast in it: copied for every test, it is built once."""
    file = Path(shutil.copy(sqlite_template, sqlite_template.with_name("world.sqlite3")))
    return file, _prepare(f"sqlite:///{file}", _inhabit)


@pytest.fixture(scope="session")
def postgres_folder() -> Iterator[str]:
    bin_dir = postgres.programs()
    if bin_dir is None:
        missing("PostgreSQL")
        return
    with postgres.cluster(bin_dir) as folder:
        _admin(folder, f"CREATE DATABASE {EMPTY}")
        _prepare(_postgres_url(folder, EMPTY), upgrade)
        yield folder


@pytest.fixture(scope="session")
def postgres_world(postgres_folder: str) -> World:
    """The cast of the template `INHABITED`."""
    _admin(postgres_folder, f"CREATE DATABASE {INHABITED} TEMPLATE {EMPTY}")
    return _prepare(_postgres_url(postgres_folder, INHABITED), _inhabit)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of a migrated database of this test's own, empty unless the test asks for `world`."""
    is_inhabited = "world" in request.fixturenames
    if request.param == "sqlite":
        file = tmp_path / "test.sqlite3"
        if is_inhabited:
            shutil.copy(request.getfixturevalue("sqlite_world")[0], file)
        else:
            shutil.copy(request.getfixturevalue("sqlite_template"), file)
        yield f"sqlite:///{file}"
        return
    if is_inhabited:
        request.getfixturevalue("postgres_world")
    url, remove = request.getfixturevalue("new_postgres")(INHABITED if is_inhabited else EMPTY)
    yield url
    remove()


@pytest.fixture(scope="session")
def new_postgres(postgres_folder: str) -> NewPostgres:
    """Makes a database like a template: its address, and how to do away with it."""
    numbers = itertools.count()

    def new(template: str = EMPTY) -> tuple[str, Callable[[], None]]:
        name = f"t{os.getpid()}_{next(numbers)}"
        _admin(postgres_folder, f"CREATE DATABASE {name} TEMPLATE {template}")
        url = _postgres_url(postgres_folder, name)
        return url, lambda: _admin(postgres_folder, f"DROP DATABASE {name} WITH (FORCE)")

    return new


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def world(database_url: str, request: pytest.FixtureRequest) -> World:
    """The cast: Lan of Thôn Đông, Nam of Thôn Tây, Bình their supervisor, Hoa the one next door."""
    cast: World
    if database_url.startswith("sqlite"):
        _, cast = request.getfixturevalue("sqlite_world")
    else:
        cast = request.getfixturevalue("postgres_world")
    return cast


@pytest.fixture
def app(database_url: str, world: World, clock: FakeClock, tmp_path: Path) -> Iterator[FastAPI]:
    app = create_app(Settings(database_url=database_url, data_dir=tmp_path), clock)
    yield app
    app.state.database.close()


@pytest.fixture
def browser(app: FastAPI) -> Callable[[], TestClient]:
    """A new visitor each time: own cookies, same-site requests, redirects seen as they are."""

    def new() -> TestClient:
        return TestClient(
            app,
            base_url="http://127.0.0.1:8000",
            headers={"Sec-Fetch-Site": "same-origin"},
            follow_redirects=False,
            raise_server_exceptions=False,
        )

    return new


@pytest.fixture
def client(browser: Callable[[], TestClient]) -> TestClient:
    return browser()


@pytest.fixture
def desk(client: TestClient) -> TestClient:
    """Bình's browser, signed in at the desk."""
    answer = client.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    assert answer.status_code == 303
    return client


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no small disk can be mounted here: this needs root and the right to mount")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def _prepare(url: str, work: Callable[[Database], T]) -> T:
    """Do `work` on a database and leave it in one file, with nobody connected: a template."""
    database = Database(url)
    outcome = work(database)
    if database.is_sqlite:
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return outcome


def _inhabit(database: Database) -> World:
    return build(database, NOW)


def _admin(folder: str, statement: str) -> None:
    with psycopg.connect(host=folder, user="tungnha", dbname="postgres", autocommit=True) as connection:
        connection.execute(statement.encode())


def _postgres_url(folder: str, name: str) -> str:
    return f"postgresql+psycopg://tungnha@/{name}?host={folder}"
