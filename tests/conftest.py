"""Fixtures. On which databases a test that uses `database` runs: `tests.databases`."""

import itertools
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.commune.accounts import hashing
from app.core.config import Settings
from app.core.db import Database
from app.main import create_app
from app.upkeep.migrations import upgrade
from tests import databases, postgres, shared, signed_in
from tests.databases import pytest_generate_tests  # noqa: F401 - a hook
from tests.distributed.content import distributed  # noqa: F401 - a fixture
from tests.order import pytest_collection_modifyitems  # noqa: F401 - a hook
from tests.phone import Phone, sign_in
from tests.signed_in import PreparedWorld, Session
from tests.tenancy import watch
from tests.tenancy.partitions import PREFIX, partition
from tests.world import LAN, NAM, World, build

T = TypeVar("T")
NewPostgres = Callable[..., tuple[str, Callable[[], None]]]
PrepareWorld = Callable[[str, tuple[str, ...]], PreparedWorld]

EMPTY, EMPTY_PARTITIONED = "template_empty", "template_partitioned"
NOW = signed_in.NOW


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
    hashing._HASHER = hashing._CODE_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    hashing.UNKNOWN_NAME_HASH = hashing.UNKNOWN_CODE_HASH = hashing.hash_secret("nobody's")


@pytest.fixture(scope="session", autouse=True)
def _shared() -> Iterator[None]:
    """What the tests of this process share besides databases."""
    shared.share_statements()
    shared.spare_garbage()
    with shared.one_event_loop():
        yield


@pytest.fixture(autouse=True)
def _one_commune() -> Iterator[None]:
    """Fails a test whose app reads or writes two communes at once."""
    yield
    assert watch.found() == []


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, otherwise empty database."""
    file = tmp_path_factory.mktemp("template") / "template.sqlite3"
    _prepare(f"sqlite:///{file}", upgrade)
    return file


@pytest.fixture(scope="session")
def postgres_folder() -> Iterator[str]:
    """The folder of a running PostgreSQL with the template `EMPTY`."""
    bin_dir = postgres.find_bin_dir()
    if bin_dir is None:
        skip_without("PostgreSQL")
        return
    with postgres.cluster(bin_dir) as folder:
        postgres.execute(folder, f"CREATE DATABASE {EMPTY}")
        _prepare(postgres.url_of(folder, EMPTY), upgrade)
        yield folder


@pytest.fixture(scope="session")
def empty_template(request: pytest.FixtureRequest) -> Callable[[str], str]:
    """Gives the migrated, otherwise empty database of PostgreSQL, as it is or partitioned by commune."""

    @cache
    def template_of(kind: str) -> str:
        folder = request.getfixturevalue("postgres_folder")
        if kind != databases.PARTITIONED:
            return EMPTY
        postgres.copy(folder, EMPTY, EMPTY_PARTITIONED)
        with postgres.connect(folder, EMPTY_PARTITIONED) as connection:
            partition(connection)
        return EMPTY_PARTITIONED

    return template_of


@pytest.fixture(scope="session")
def prepare_world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> PrepareWorld:
    """Makes a database with the cast of `tests.world` in which some have signed in; once for all tests."""

    @cache
    def prepare(kind: str, fixtures: tuple[str, ...]) -> PreparedWorld:
        folder = tmp_path_factory.mktemp("world")
        if kind == "sqlite":
            name = str(shutil.copy(request.getfixturevalue("sqlite_template"), folder / "world.sqlite3"))
            url = f"sqlite:///{name}"
        elif kind == databases.DISTRIBUTED:
            name, url = "_".join(("world", *fixtures)), request.getfixturevalue("distributed").load()
        else:
            template = request.getfixturevalue("empty_template")(kind)
            name = "_".join((template, "world", *fixtures))
            postgres.copy(request.getfixturevalue("postgres_folder"), template, name)
            url = postgres.url_of(request.getfixturevalue("postgres_folder"), name)
        world = _prepare(url, lambda database: build(database, NOW))
        sessions = signed_in.sign_in(Settings(database_url=url, data_dir=folder), fixtures)
        _prepare(url, lambda _database: None)  # what the sign-ins wrote, too, is in the one file
        if kind == databases.DISTRIBUTED:
            request.getfixturevalue("distributed").store(name)
        return PreparedWorld(name, world, sessions)

    return prepare


@pytest.fixture
def prepared(request: pytest.FixtureRequest, database_url: str, prepare_world: PrepareWorld) -> PreparedWorld:
    """What this test's database is a copy of."""
    return prepare_world(databases.kind_of(database_url), signed_in.wanted(request.fixturenames))


@pytest.fixture
def database_url(
    request: pytest.FixtureRequest, tmp_path: Path, prepare_world: PrepareWorld
) -> Iterator[str]:
    """Address of this test's own migrated database, empty unless the test uses `world`."""
    name, kind = None, databases.chosen(request.param)
    if "world" in request.fixturenames:
        name = prepare_world(kind, signed_in.wanted(request.fixturenames)).name
    if kind == "sqlite":
        file = tmp_path / "test.sqlite3"
        shutil.copy(name or request.getfixturevalue("sqlite_template"), file)
        yield f"sqlite:///{file}"
        return
    if kind == databases.DISTRIBUTED:
        yield request.getfixturevalue("distributed").load(name or "")
        return
    template = name or request.getfixturevalue("empty_template")(kind)
    url, remove = request.getfixturevalue("new_postgres")(template)
    yield url
    remove()


@pytest.fixture(scope="session")
def new_postgres(postgres_folder: str) -> NewPostgres:
    """Creates a database from a template: returns its address, and a function that drops it."""
    numbers = itertools.count()

    def new(template: str = EMPTY) -> tuple[str, Callable[[], None]]:
        prefix = PREFIX if template.startswith(EMPTY_PARTITIONED) else ""
        name = f"{prefix}t{os.getpid()}_{next(numbers)}"
        postgres.copy(postgres_folder, template, name)
        url = postgres.url_of(postgres_folder, name)
        return url, lambda: postgres.execute(postgres_folder, f"DROP DATABASE {name} WITH (FORCE)")

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
def world(prepared: PreparedWorld) -> World:
    """The cast: Lan of Thôn Đông, Nam of Thôn Tây, Bình their supervisor, Hoa the supervisor next door."""
    return prepared.world


@pytest.fixture
def app(database_url: str, world: World, clock: FakeClock, tmp_path: Path) -> Iterator[FastAPI]:
    app = create_app(Settings(database_url=database_url, data_dir=tmp_path), clock)
    yield app
    app.state.database.close()


@pytest.fixture
def browser(app: FastAPI) -> Callable[[], TestClient]:
    """Makes a client with its own cookies that sends same-site requests and does not follow redirects."""

    return lambda: signed_in.browser(app)


@pytest.fixture
def client(browser: Callable[[], TestClient]) -> TestClient:
    return browser()


@pytest.fixture
def binh_session(prepared: PreparedWorld) -> Session:
    """A sign-in of Bình's at the desk, at `NOW`."""
    return prepared.sessions["binh_session"]


@pytest.fixture
def lan_session(prepared: PreparedWorld) -> Session:
    """A sign-in of Lan's phone, at `NOW`."""
    return prepared.sessions["lan_session"]


@pytest.fixture
def desk(client: TestClient, binh_session: Session) -> TestClient:
    """Bình's client, signed in at the desk."""
    binh_session.give_to(client)
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


@pytest.fixture
def lan(browser: Callable[[], TestClient], clock: FakeClock, lan_session: Session) -> Phone:
    return lan_session.phone_of(browser(), clock())


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
