"""Pages of the desk that are read from a replica: a real primary with a standby that streams."""

import itertools
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import col, select

from app.commune.accounts.models import SignInSession
from app.core.db import Database
from app.core.desk_log import DeskEntry, DeskLog
from app.core.sql.engine import SPARE
from app.upkeep.maintenance import desk_log
from app.upkeep.migrations import upgrade
from app.upkeep.replica import Replica, wal_position
from tests import postgres, signed_in
from tests.conftest import NOW, skip_without
from tests.operator import run
from tests.standby import Standby, standby_of
from tests.web.desk.desk_client import words
from tests.web.desk.replica_server import TOKEN, Server, address, execute
from tests.world import World, build

pytestmark = pytest.mark.slow
WEEK = "/desk/reports/2026-W48"
FILES = ("/desk/visits.csv", "/desk/visits.xlsx", f"{WEEK}.csv", f"{WEEK}.xlsx", f"{WEEK}.docx")
PAGES = (
    "/desk/", "/desk/coverage", "/desk/coverage/not-reached", "/desk/coverage/overdue", "/desk/needs",
    "/desk/hamlets/thon-dong/map", "/desk/outreach", "/desk/reports", WEEK, f"{WEEK}?compare=yes",
)  # fmt: skip
OF_PROVINCE = ("/province/", "/province/reports/2026-10", "/province/remarks")
SAYS = "Số liệu tính đến"


@pytest.fixture(scope="module")
def cluster() -> Iterator[tuple[Standby, World]]:
    """A standby, and who is in the database `world` of its primary."""
    programs = postgres.find_bin_dir()
    if programs is None:
        skip_without("PostgreSQL")
        return
    with postgres.cluster(programs) as folder, standby_of(programs, Path(folder)) as standby:
        execute(standby, "CREATE DATABASE world")
        database = Database(address(standby.primary, "world"))
        upgrade(database)
        world = build(database, NOW)
        database.close()
        yield standby, world


_NUMBERS = itertools.count()


@pytest.fixture
def standby(cluster: tuple[Standby, World]) -> Iterator[Standby]:
    """It follows, and so does its primary, whatever came of them."""
    standby, _world = cluster
    yield standby
    standby.resume()
    standby.start_primary()


@pytest.fixture
def world(cluster: tuple[Standby, World]) -> World:
    return cluster[1]


@pytest.fixture
def name(standby: Standby) -> str:
    """A database like `world`, on both."""
    name = f"pages_{next(_NUMBERS)}"
    execute(standby, f"CREATE DATABASE {name} TEMPLATE world")
    standby.catch_up()
    return name


@pytest.fixture
def server(standby: Standby, name: str, tmp_path: Path) -> Iterator[Server]:
    made = Server(address(standby.primary, name), address(standby.folder, name), tmp_path)
    yield made
    made.close()


def test_pages_have_what_the_replica_has_and_say_as_of_when(
    server: Server, standby: Standby, world: World
) -> None:
    desk, lan = server.desk(), server.phone()
    server.look_until_it_follows()
    for path in PAGES:
        assert f"{SAYS} 16:40:00 24/11/2026." in words(desk.get(path).text), path
    assert SAYS not in desk.get("/desk/visits").text, "where decisions are made the present is shown"
    standby.pause()
    server.clock.forward(seconds=5)
    lan.exchange(lan.visit(world.duc))
    server.look()
    assert server.visits(desk) == 0
    assert "tính đến 16:40:00" in words(desk.get("/desk/").text), "it says no later time than it has"
    standby.resume()
    server.clock.forward(seconds=2)
    server.look_until_it_follows()
    assert server.visits(desk) == 1
    assert "tính đến 16:40:07" in words(desk.get("/desk/").text)


def test_pages_of_a_province_are_read_from_the_replica_and_what_was_opened_is_stored_later(
    server: Server, standby: Standby
) -> None:
    ha = server.province()
    before = len(_entries(server))
    for path in OF_PROVINCE:
        assert f"{SAYS} 16:40:00 24/11/2026." in words(ha.get(path).text), path
    assert SAYS not in ha.get("/province/account").text
    standby.kill_primary()
    while server.replica.is_primary_up:
        server.look()
    for path in OF_PROVINCE:
        assert ha.get(path).status_code == 200, path
    assert ha.get("/province/reports/2026-10.xlsx").status_code == 200
    standby.start_primary()
    desk_log.catch_up(server.database)
    stored = [entry["what"] for entry in _entries(server)[before:]]
    assert stored == ["province.opened"] * 2 + ["province.downloaded"]


def test_browser_that_changed_something_sees_it_at_once_on_every_server(
    server: Server, standby: Standby, tmp_path: Path
) -> None:
    desk, colleague = server.desk(), server.desk()
    standby.pause()
    answer = desk.post(f"{WEEK}/remarks/{uuid.uuid4()}", data={"kind": "difficulty", "text": "Mưa lũ"})
    assert answer.status_code == 303
    page = desk.get(WEEK).text
    assert ("Mưa lũ" in page, SAYS in page) == (True, False)
    assert "Mưa lũ" not in colleague.get(WEEK).text
    other = Server(server.settings.database, server.settings.read_url, tmp_path)
    there = signed_in.browser(other.app)
    there.cookies = desk.cookies
    assert "Mưa lũ" in there.get(WEEK).text
    standby.resume()
    server.look_until_it_follows()
    page = desk.get(WEEK).text
    assert ("Mưa lũ" in page, SAYS in page) == (True, True), "the replica has passed it"
    other.close()


def test_cookie_that_is_none_of_ours_is_ignored(server: Server) -> None:
    desk = server.desk()
    for value in ("", "x", "-1", "1.5", "9" * 40):
        desk.cookies.set("written", value)
        assert SAYS in desk.get(WEEK).text, value


def test_without_the_primary_pages_and_files_open_and_what_was_taken_is_stored_later(
    server: Server, standby: Standby, world: World
) -> None:
    desk, lan = server.desk(), server.phone()
    lan.exchange(lan.visit(world.duc))
    left = server.desk()
    left.post("/desk/sign-out")
    server.look_until_it_follows()
    used = _last_uses(server.replica.database)
    before = len(_entries(server))
    standby.kill_primary()
    while server.replica.is_primary_up:
        server.look()  # its last children have not noticed it yet
    server.clock.forward(minutes=30)
    for path in (*PAGES, *FILES):
        server.look()
        assert desk.get(path).status_code == 200, path
    assert f"{SAYS} 16:40:00 24/11/2026." in words(desk.get("/desk/").text)
    assert "16:40" in desk.get(f"{WEEK}.csv").text
    assert server.visits(desk) == 1
    assert left.get("/desk/").status_code == 303, "who signed out stays out"
    assert lan.send(lan.visit(world.duc)).status_code == 503, "a phone is never answered from there"
    assert desk.get("/desk/visits").status_code == 503
    assert _last_uses(server.replica.database) == used
    standby.start_primary()
    server.look()
    assert server.replica.is_primary_up
    for _ in range(2):
        desk_log.catch_up(server.database)
    stored = _entries(server)[before:]
    assert [entry["what"] for entry in stored] == ["visits.downloaded"] * 2 + ["report.downloaded"] * 4 + [
        "visits.downloaded"
    ]
    assert {entry["by"] for entry in stored} == {world.binh}
    assert {entry["at"] for entry in stored} == {"2026-11-24T10:10:00.000Z"}
    lines = DeskLog(server.settings.desk_log_file).entries()
    assert [entry["id"] for entry in lines if "downloaded" in entry["what"]] == [one["id"] for one in stored]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # another cluster
def test_wrong_replica_is_not_read_and_is_named(
    standby: Standby, name: str, database_url: str, tmp_path: Path
) -> None:
    primary_url, standby_url = address(standby.primary, name), address(standby.folder, name)
    other = Database(database_url)
    build(other, NOW)
    other.close()
    wrong = {
        "writable": (primary_url, primary_url),
        "foreign": (database_url, standby_url),
        "unreachable": (primary_url, address(tmp_path / "nowhere", name)),
    }
    for state, (primary, read_url) in wrong.items():
        server = Server(primary, read_url, tmp_path)
        desk = signed_in.browser(server.app)
        desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
        desk.cookies.delete("written")
        page = desk.get("/desk/")
        assert (page.status_code, SAYS in page.text) == (200, False), state
        metrics = desk.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
        assert f'tungnha_replica{{state="{state}"}} 1.0' in metrics
        done = run(primary, "status", TUNGNHA_READ_URL=read_url, TUNGNHA_DATA_DIR=str(tmp_path))
        assert "replica      NOT READ: " in done.stdout, done.output
        server.close()
    done = run(primary_url, "status", TUNGNHA_READ_URL=standby_url, TUNGNHA_DATA_DIR=str(tmp_path))
    assert "replica      has everything until " in done.stdout, done.output


def test_replica_that_is_long_behind_is_not_read_while_the_primary_answers(
    server: Server, standby: Standby
) -> None:
    desk = server.desk()
    standby.pause()
    server.phone()
    server.clock.forward(minutes=6)
    server.look()
    assert server.replica.seen.state == "behind"
    assert SAYS not in desk.get("/desk/").text
    standby.kill_primary()
    assert SAYS in desk.get("/desk/").text, "before anybody has noticed it"
    server.look()
    assert SAYS in desk.get("/desk/").text


def test_server_that_hangs_counts_as_away(server: Server) -> None:
    passed = [0.0]
    replica = Replica(server.settings.database, server.settings.read_url, 1, server.clock, lambda: passed[0])
    server.look_until_it_follows()
    replica.look_at_primary()
    replica.look_at_replica()
    assert (replica.is_primary_up, replica.seen.state != "unreachable") == (True, True)
    passed[0] = 11
    assert (replica.is_primary_up, replica.seen.state) == (False, "unreachable")
    replica.close()


def test_pages_that_ask_how_far_the_standby_is_wait_for_no_look(
    server: Server, standby: Standby, world: World
) -> None:
    lan = server.phone()
    server.look_until_it_follows()
    lan.exchange(lan.visit(world.duc))
    standby.catch_up()
    position = server.database.read(wal_position)
    assert server.replica.seen.position < position
    looks = [server.replica._replica.engine.connect() for _ in range(SPARE)]
    assert server.replica.has_passed(position)
    for look in looks:
        look.close()


def test_sqlite_has_no_replica(tmp_path: Path) -> None:
    done = run(f"sqlite:///{tmp_path / 'a.sqlite3'}", "status", TUNGNHA_READ_URL=address(tmp_path, "x"))
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == (
        "TUNGNHA_READ_URL: a SQLite file has no replica, and TUNGNHA_DATABASE_URL names no PostgreSQL.\n"
    )


def _entries(server: Server) -> list[dict[str, str]]:
    return server.database.read(
        lambda session: [row.entry for row in session.exec(select(DeskEntry).order_by(col(DeskEntry.number)))]
    )


def _last_uses(database: Database) -> list[str]:
    return database.read(
        lambda session: sorted(map(str, session.exec(select(SignInSession.last_used_at)).all()))
    )
