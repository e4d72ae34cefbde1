"""What the phone said it had saved reaches the server, once, whatever is killed, cut, damaged or deleted.

KILLS=100 kills the browser that often.
"""

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright
from sqlmodel import select

from app.accounts.models import Device
from app.core.db import Database
from app.sync.models import LedgerEntry
from app.visits.models import Visit
from tests.e2e.broken_phone import SYNC, BrokenPhone, lose_answers, portal, swallow
from tests.e2e.seeds import plant
from tests.e2e.server import ROOT, Server
from tests.e2e.steps import sign_in
from tests.world import World, add_homes

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

KILLS = int(os.environ.get("KILLS", "4"))
HOMES = max(60, 30 * KILLS)  # doors: between two kills she taps at up to thirty
Fault = Callable[["Lan"], None]


class Lan(BrokenPhone):
    """The phone together with its server."""

    def __init__(self, playwright: Playwright, server: Server, database: Database, profile: Path) -> None:
        super().__init__(playwright, server, profile, HOMES)
        self._database = database

    def tally(self) -> dict[str, int]:
        """How many visits were recorded, called saved, and what the server has of them."""
        visits = set(self._database.read(lambda session: session.exec(select(Visit.id)).all()))
        told = Counter(self._database.read(lambda session: session.exec(select(LedgerEntry.record_id)).all()))
        tally = {
            "tapped": len(self.tapped),
            "saved": len(self.saved),
            "lost": len(self.saved - visits),
            "invented": len(visits - self.tapped),
            "doubled": sum(count > 1 for count in told.values()),
            "devices": len(self._database.read(lambda session: session.exec(select(Device)).all())),
        }
        print(tally)
        return tally


@pytest.fixture
def phones(
    playwright: Playwright, database_url: str, world: World, database: Database, tmp_path: Path
) -> Iterator[Callable[..., Lan]]:
    """Lan's phone, signed in, with many doors in Thôn Đông; with a bug planted if one is named."""
    add_homes(database, world, HOMES)
    started: list[Server] = []

    def lans(seed: str = "") -> Lan:
        root = plant(seed, tmp_path / "seeded") if seed else ROOT
        server = Server(database_url, tmp_path / "server.log", root)
        started.append(server)
        server.start()
        lan = Lan(playwright, server, database, tmp_path / "profile")
        lan.sign_in()
        return lan

    yield lans
    for server in started:
        server.stop()


def killed(lan: Lan) -> None:
    """The browser is killed while it saves and sends: with a network, without, and with two bad ones."""
    dice = random.Random(KILLS)
    for turn in range(KILLS):
        with lan.opened() as page:
            match turn % 4:
                case 0:
                    page.route(SYNC, swallow)
                case 1:
                    lan.server.stop()
                case 2:
                    lan.server.start()
                    page.route(SYNC, lose_answers)
            lan.record_until_killed(page, dice.uniform(0.2, 1.5))


def recorded(lan: Lan) -> None:
    """Three visits whose answers were lost, and three without a network; then the browser is closed."""
    with lan.opened() as page:
        page.route(SYNC, lose_answers)
        lan.record(page, 3)
        page.wait_for_timeout(1_000)
    lan.server.stop()
    with lan.opened() as page:
        lan.record(page, 3)


def behind_a_portal(lan: Lan) -> None:
    """Somebody else's network answers every request with a page of its own."""
    with lan.opened() as page:
        page.route(SYNC, portal)
        with page.expect_response(SYNC, timeout=15_000):
            lan.record(page, 4)
        page.wait_for_timeout(1_000)


def byte_flipped(lan: Lan) -> None:
    recorded(lan)
    lan.flip_a_byte()


def databases_deleted(lan: Lan) -> None:
    recorded(lan)
    lan.delete("databases")


def journal_deleted(lan: Lan) -> None:
    recorded(lan)
    lan.delete("journal")


def first_one_then_the_other(lan: Lan) -> None:
    """The journal is deleted, made anew at the next start, and then it is the only one."""
    journal_deleted(lan)
    with lan.opened() as page:
        page.goto("/field/log")
        page.wait_for_timeout(2_000)
    lan.delete("databases")


FAULTS = [killed, behind_a_portal, byte_flipped, databases_deleted, journal_deleted, first_one_then_the_other]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_nothing_is_lost_and_nothing_doubled(phones: Callable[..., Lan], fault: Fault) -> None:
    lan = phones()
    fault(lan)
    with lan.opened() as page:
        assert lan.drain(page) == ""
    tally = lan.tally()
    assert tally["saved"] >= 4
    assert {name: tally[name] for name in ("lost", "invented", "doubled", "devices")} == {
        "lost": 0,
        "invented": 0,
        "doubled": 0,
        "devices": 1,
    }


@pytest.mark.parametrize(
    ("seed", "fault", "harm"),
    [
        ("no journal", byte_flipped, "lost"),
        ("nothing comes back", databases_deleted, "lost"),
        ("file removed before the acknowledgement", databases_deleted, "lost"),
        ("taken from the queue before the acknowledgement", killed, "lost"),
        ("whatever is well is an acknowledgement", behind_a_portal, "lost"),
        ("the journal alone is believed", first_one_then_the_other, "lost"),
        ("comes back as something new", databases_deleted, "invented"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_the_bug_is_seen(phones: Callable[..., Lan], seed: str, fault: Fault, harm: str) -> None:
    lan = phones(seed)
    fault(lan)
    with lan.opened() as page:
        lan.server.start()
        page.goto("/field/")
        page.wait_for_timeout(1_000)
        if page.url.endswith("/field/sign-in"):
            sign_in(page)
        lan.drain(page)
    assert lan.tally()[harm] > 0


def test_a_session_that_went_with_the_databases_is_resumed_by_signing_in(phones: Callable[..., Lan]) -> None:
    lan = phones()
    recorded(lan)
    lan.delete("databases")
    lan.forget_cookies()
    with lan.opened() as page:
        lan.server.start()
        sign_in(page)
        assert lan.drain(page) == ""
    tally = lan.tally()
    assert (tally["lost"], tally["doubled"], tally["devices"]) == (0, 0, 1)
