"""What the phone called saved reaches the server exactly once, whatever is killed, cut, damaged or deleted.

KILLS=100 kills the browser that many times; FAULTS=long does more to the phone, each time to a new one.
"""

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, TimeoutError
from sqlmodel import select

from app.commune.accounts.models import Device
from app.core.db import Database
from app.fieldwork.visits.models import Visit
from app.sync.wire.models import LedgerEntry
from tests.e2e.broken_phone import (
    JOURNAL_FILES,
    SYNC,
    BrokenPhone,
    answer_as_portal,
    lose_answers,
    never_answer,
    records_sent,
    wait_for_end_of_sync,
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


def _names(faults: list[Fault]) -> str:
    return ", ".join(fault.__name__ for fault in faults)


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
        wait_for_end_of_sync(page)  # the phone has read an answer


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
    before = len(lan.saved)
    journal_deleted(lan)
    with lan.opened() as page:
        page.goto("/field/log")
        with suppress(AssertionError):  # a mutant does not write it
            wait_until(page, lambda: page.evaluate(JOURNAL_FILES) == len(lan.saved) - before, JOURNAL_TIMEOUT)
    lan.delete("databases")


def databases_and_session_deleted(lan: Lan) -> None:
    recorded(lan)
    lan.delete("databases")
    lan.delete_cookies()


# Every mutant is detected by one of these: one phone goes through all of them.
SHORT = [
    killed,
    behind_a_portal,
    byte_flipped,
    journal_deleted_then_databases,
    databases_and_session_deleted,
]
LONG = [[fault] for fault in (*SHORT, databases_deleted, journal_deleted)]


@pytest.mark.parametrize("faults", LONG if os.environ.get("FAULTS") == "long" else [SHORT], ids=_names)
def test_nothing_is_lost_and_nothing_doubled(phones: Callable[..., Lan], faults: list[Fault]) -> None:
    lan = phones()
    for fault in faults:
        before = len(lan.saved)
        fault(lan)
        with lan.opened() as page:
            lan.server.start()
            if fault is databases_and_session_deleted:
                sign_in(page)
            assert lan.drain(page) == "", fault.__name__
            lan.set_quick_mark(page)
        assert len(lan.saved) - before >= 4
        tally = lan.tally()
        assert {name: tally[name] for name in ("lost", "invented", "doubled", "devices")} == {
            "lost": 0,
            "invented": 0,
            "doubled": 0,
            "devices": 1,
        }, fault.__name__


@pytest.mark.mutant
@pytest.mark.parametrize(
    ("mutant", "fault", "harm"),
    [
        ("no journal", byte_flipped, "lost"),
        ("no recovery", journal_deleted_then_databases, "lost"),
        ("file removed before the acknowledgement", databases_and_session_deleted, "lost"),
        ("taken from the queue before the acknowledgement", killed, "lost"),
        ("any 200 is an acknowledgement", behind_a_portal, "lost"),
        ("only the journal is trusted", journal_deleted_then_databases, "lost"),
        ("recovered with new ids", journal_deleted_then_databases, "invented"),
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


def _is_signed_out(page: Page) -> bool:
    """Whether no page of an account comes: the recovery may open one after the sign-in page is drawn."""
    try:
        page.locator('main[data-account]:not([data-account=""])').wait_for(state="attached", timeout=5_000)
    except TimeoutError:
        return True
    return False
