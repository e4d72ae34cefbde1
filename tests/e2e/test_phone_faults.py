"""What the phone called saved reaches the server exactly once, whatever is killed, cut, damaged or deleted.

KILLS=100 kills the browser that many times.
"""

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright
from sqlmodel import select

from app.accounts.models import Device
from app.core.db import Database
from app.sync.models import LedgerEntry
from app.visits.models import Visit
from tests.e2e.broken_phone import (
    JOURNAL_FILES,
    SYNC,
    BrokenPhone,
    answer_as_portal,
    lose_answers,
    never_answer,
    records_sent,
)
from tests.e2e.mutants import build_mutant
from tests.e2e.server import ROOT, Server
from tests.e2e.steps import sign_in, wait_until
from tests.world import World, add_households

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

KILLS = int(os.environ.get("KILLS", "4"))
HOUSEHOLDS = max(60, 30 * KILLS)  # up to 30 are tapped between two kills
JOURNAL_TIMEOUT = 15  # seconds; only a mutant takes so long
Fault = Callable[["Lan"], None]


class Lan(BrokenPhone):
    """The phone with the database of its server."""

    def __init__(self, playwright: Playwright, server: Server, database: Database, profile: Path) -> None:
        super().__init__(playwright, server, profile, HOUSEHOLDS)
        self._database = database

    def tally(self) -> dict[str, int]:
        """How many visits were recorded and called saved, and what of them the server has."""
        visits = set(self._database.read(lambda session: session.exec(select(Visit.id)).all()))
        ledger = Counter(
            self._database.read(lambda session: session.exec(select(LedgerEntry.record_id)).all())
        )
        tally = {
            "tapped": len(self.tapped),
            "saved": len(self.saved),
            "lost": len(self.saved - visits),
            "invented": len(visits - self.tapped),
            "doubled": sum(count > 1 for count in ledger.values()),
            "devices": len(self._database.read(lambda session: session.exec(select(Device)).all())),
        }
        print(tally)
        return tally


@pytest.fixture
def phones(
    playwright: Playwright, database_url: str, world: World, database: Database, tmp_path: Path
) -> Iterator[Callable[..., Lan]]:
    """Makes Lan's phone, signed in, with many households in Thôn Đông; a mutant if one is named."""
    add_households(database, world, HOUSEHOLDS)
    started: list[Server] = []

    def new_phone(mutant: str = "") -> Lan:
        root = build_mutant(mutant, tmp_path / "mutant") if mutant else ROOT
        server = Server(database_url, tmp_path / "server.log", root)
        started.append(server)
        server.start()
        lan = Lan(playwright, server, database, tmp_path / "profile")
        lan.sign_in()
        return lan

    yield new_phone
    for server in started:
        server.stop()


def killed(lan: Lan) -> None:
    """The browser is killed while it saves and sends: with two bad networks, without one (where sending has
    failed before, however soon the kill comes), and with a good one."""
    dice = random.Random(KILLS)
    for turn in range(KILLS):
        with lan.opened() as page:
            match turn % 4:
                case 0:
                    page.route(SYNC, never_answer)
                case 1:
                    lan.server.stop()
                    lan.record_and_fail_to_send(page, 1)
                case 2:
                    lan.server.start()
                    page.route(SYNC, lose_answers)
            lan.record_until_killed(page, dice.uniform(0.2, 1.5))


def recorded(lan: Lan) -> None:
    """Three visits while answers are lost, and three without a network; then the browser is closed."""
    with lan.opened() as page:
        page.route(SYNC, lose_answers)
        lan.record_and_fail_to_send(page, 3)
    lan.server.stop()
    with lan.opened() as page:
        lan.record_and_fail_to_send(page, 3)


def behind_a_portal(lan: Lan) -> None:
    """A captive portal answers every request with its own page."""
    with lan.opened() as page:
        page.route(SYNC, answer_as_portal)
        with page.expect_response(lambda response: bool(records_sent(response.request)), timeout=75_000):
            lan.record(page, 4)
        page.wait_for_timeout(1_000)  # the phone reads the answer


def byte_flipped(lan: Lan) -> None:
    recorded(lan)
    lan.flip_a_byte()


def databases_deleted(lan: Lan) -> None:
    recorded(lan)
    lan.delete("databases")


def journal_deleted(lan: Lan) -> None:
    recorded(lan)
    lan.delete("journal")


def journal_deleted_then_databases(lan: Lan) -> None:
    """The journal is deleted and written again at the next start; then the databases are deleted."""
    journal_deleted(lan)
    with lan.opened() as page:
        page.goto("/field/log")
        with suppress(AssertionError):  # a mutant does not write it
            wait_until(page, lambda: page.evaluate(JOURNAL_FILES) == len(lan.saved), JOURNAL_TIMEOUT)
    lan.delete("databases")


FAULTS = [
    killed,
    behind_a_portal,
    byte_flipped,
    databases_deleted,
    journal_deleted,
    journal_deleted_then_databases,
]


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
    ("mutant", "fault", "harm"),
    [
        ("no journal", byte_flipped, "lost"),
        ("no recovery", databases_deleted, "lost"),
        ("file removed before the acknowledgement", databases_deleted, "lost"),
        ("taken from the queue before the acknowledgement", killed, "lost"),
        ("any 200 is an acknowledgement", behind_a_portal, "lost"),
        ("only the journal is trusted", journal_deleted_then_databases, "lost"),
        ("recovered with new ids", databases_deleted, "invented"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_mutant_of_the_phone_is_detected(
    phones: Callable[..., Lan], mutant: str, fault: Fault, harm: str
) -> None:
    lan = phones(mutant)
    fault(lan)
    with lan.opened() as page:
        lan.server.start()
        page.goto("/field/")
        if _is_signed_out(page):
            sign_in(page)
        lan.drain(page)
    assert lan.tally()[harm] > 0


def test_queue_without_databases_and_session_is_sent_after_signing_in(phones: Callable[..., Lan]) -> None:
    lan = phones()
    recorded(lan)
    lan.delete("databases")
    lan.delete_cookies()
    with lan.opened() as page:
        lan.server.start()
        sign_in(page)
        assert lan.drain(page) == ""
    tally = lan.tally()
    assert (tally["lost"], tally["doubled"], tally["devices"]) == (0, 0, 1)


def _is_signed_out(page: Page) -> bool:
    """Whether no page of an account comes: the recovery may open one after the sign-in page is drawn."""
    for _ in range(50):
        if page.locator('main[data-account]:not([data-account=""])').count():
            return False
        page.wait_for_timeout(100)
    return True
