"""Fixtures. On which databases a test that uses `database` runs: `tests.databases`."""

import itertools
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

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
from tests import postgres, shared
from tests.databases import pytest_generate_tests  # noqa: F401 - a hook
from tests.order import pytest_collection_modifyitems  # noqa: F401 - a hook
from tests.phone import Phone, sign_in
from tests.world import LAN, NAM, World, build

T = TypeVar("T")
NewPostgres = Callable[..., tuple[str, Callable[[], None]]]

EMPTY, WITH_WORLD = "template_empty", "template_world"
NOW = datetime(2026, 11, 24, 9, 40, tzinfo=UTC)  # 16:40 in Vietnam


class FakeClock:
    """The app's clock; the test sets it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **parts: float) -> None:
        self.now += timedelta(**parts)


def skip_without(program: str) -> None:
    """Skip a test whose program is missing; in CI, fail it."""
    if os.environ.get("CI"):
        pytest.fail(f"{program} is missing, and CI skips nothing")
    pytest.skip(f"{program} is missing: make test installs it on Debian")


@pytest.fixture(scope="session", autouse=True)
def _quick_hashes() -> None:
    """The lowest cost for argon2, because almost every test signs in. It has no effect on other processes."""
    hashing._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    hashing.UNKNOWN_NAME_HASH = hashing.hash_secret("nobody's")


@pytest.fixture(scope="session", autouse=True)
def _shared() -> Iterator[None]:
    """What the tests of this process share besides databases."""
    shared.share_statements()
    shared.spare_garbage()
    with shared.one_event_loop():
        yield


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, otherwise empty database."""
    file = tmp_path_factory.mktemp("template") / "template.sqlite3"
    _prepare(f"sqlite:///{file}", upgrade)
    return file


@pytest.fixture(scope="session")
def sqlite_world(sqlite_template: Path) -> tuple[Path, World]:
    """A database with the cast of `tests.world`, built once and copied for every test."""
    file = Path(shutil.copy(sqlite_template, sqlite_template.with_name("world.sqlite3")))
    return file, _prepare(f"sqlite:///{file}", _build_world)


@pytest.fixture(scope="session")
def postgres_folder() -> Iterator[str]:
    """The folder of a running PostgreSQL with the template `EMPTY`."""
    bin_dir = postgres.find_bin_dir()
    if bin_dir is None:
        skip_without("PostgreSQL")
        return
    with postgres.cluster(bin_dir) as folder:
        _admin(folder, f"CREATE DATABASE {EMPTY}")
        _prepare(_postgres_url(folder, EMPTY), upgrade)
        yield folder


@pytest.fixture(scope="session")
def postgres_world(postgres_folder: str) -> World:
    """The cast of the template `WITH_WORLD`, which this creates."""
    _copy(postgres_folder, EMPTY, WITH_WORLD)
    return _prepare(_postgres_url(postgres_folder, WITH_WORLD), _build_world)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of this test's own migrated database, empty unless the test uses `world`."""
    has_world = "world" in request.fixturenames
    if request.param == "sqlite":
        file = tmp_path / "test.sqlite3"
        if has_world:
            shutil.copy(request.getfixturevalue("sqlite_world")[0], file)
        else:
            shutil.copy(request.getfixturevalue("sqlite_template"), file)
        yield f"sqlite:///{file}"
        return
    if has_world:
        request.getfixturevalue("postgres_world")
    url, remove = request.getfixturevalue("new_postgres")(WITH_WORLD if has_world else EMPTY)
    yield url
    remove()


@pytest.fixture(scope="session")
def new_postgres(postgres_folder: str) -> NewPostgres:
    """Creates a database from a template: returns its address, and a function that drops it."""
    numbers = itertools.count()

    def new(template: str = EMPTY) -> tuple[str, Callable[[], None]]:
        name = f"t{os.getpid()}_{next(numbers)}"
        _copy(postgres_folder, template, name)
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
    """The cast: Lan of Thôn Đông, Nam of Thôn Tây, Bình their supervisor, Hoa the supervisor next door."""
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
    """Makes a client with its own cookies that sends same-site requests and does not follow redirects."""

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
    """Bình's client, signed in at the desk."""
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
    """Call `work` with a database and close it, with all data of SQLite in one file that can be copied."""
    database = Database(url)
    outcome = work(database)
    if database.is_sqlite:
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return outcome


def _build_world(database: Database) -> World:
    return build(database, NOW)


def _copy(folder: str, template: str, name: str) -> None:
    """A new database, copied by its files. From 15 on PostgreSQL's default is its log, at twice the CPU."""
    with _connect(folder) as connection:
        by_files = " STRATEGY file_copy" if connection.info.server_version >= 150_000 else ""
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}{by_files}".encode())


def _admin(folder: str, statement: str) -> None:
    with _connect(folder) as connection:
        connection.execute(statement.encode())


def _connect(folder: str) -> "psycopg.Connection[Any]":
    return psycopg.connect(host=folder, user="tungnha", dbname="postgres", autocommit=True)


def _postgres_url(folder: str, name: str) -> str:
    return f"postgresql+psycopg://tungnha@/{name}?host={folder}"


@pytest.fixture
def lan(browser: Callable[[], TestClient], clock: FakeClock) -> Phone:
    return sign_in(browser(), *LAN, clock())


@pytest.fixture
def nam(browser: Callable[[], TestClient], clock: FakeClock) -> Phone:
    return sign_in(browser(), *NAM, clock())


@pytest.fixture
def other(browser: Callable[[], TestClient], clock: FakeClock) -> Phone:
    """Lan's second phone."""
    return sign_in(browser(), *LAN, clock())


@pytest.fixture
def hoa(browser: Callable[[], TestClient]) -> TestClient:
    """The client of the supervisor of the next commune."""
    hoa = browser()
    hoa.post("/desk/sign-in", data={"name": "hoa", "password": "mat-khau-hoa"})
    return hoa


@pytest.fixture
def visits(lan: Phone, world: World) -> list[dict[str, Any]]:
    """The operations of three visits of Lan's in Thôn Đông, sent."""
    operations = [lan.visit(household) for household in world.households[world.dong]]
    lan.exchange(*operations)
    return operations
