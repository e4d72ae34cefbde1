"""Random histories over the real server: save, send, lose answers, restart, restore, revoke, decide, move on.

After every step nothing is lost and nothing doubled; in the end every queue is empty and every phone's copy
of the list is what a new phone would be given. `HISTORIES=300` asks for more of them than CI has time for.
"""

import os
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlmodel import Session, select

from app.accounts.models import Account, Assignment
from app.core.config import Settings
from app.core.db import Database, feed, history_of
from app.households.models import Household
from app.keeping import keeper
from app.main import create_app
from app.sync.models import LedgerEntry, Quarantined
from app.visits import totals
from app.visits.models import FollowUp, Visit, VisitVersion
from tests.conftest import FakeClock
from tests.sync.phone import new_id, sign_in
from tests.sync.queueing import Queueing
from tests.world import LAN, NAM, World, build

HISTORIES = int(os.environ.get("HISTORIES", "12"))
STEPS = 40
WHO = st.sampled_from(("lan", "nam", "lan2"))
PICK = st.integers(0, 10**6)
Place = Callable[[], tuple[str, Callable[[], None]]]


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest) -> Place:
    """A new database for each history: its address, and how to do away with it."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        return lambda: _sqlite(template)
    new_database: Callable[[], tuple[str, Callable[[], None]]] = request.getfixturevalue("new_postgres")
    return new_database


def _sqlite(template: Path) -> tuple[str, Callable[[], None]]:
    folder = TemporaryDirectory()
    file = Path(folder.name) / "history.sqlite3"
    shutil.copy(template, file)
    return f"sqlite:///{file}", folder.cleanup


def test_nothing_is_lost_and_nothing_doubled_in_any_history(place: Place) -> None:
    class Histories(History):
        new_place = staticmethod(place)

    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=HISTORIES,
            stateful_step_count=STEPS,
            deadline=None,
            phases=(Phase.explicit, Phase.reuse, Phase.generate),  # to make one shorter takes minutes
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )


class History(RuleBasedStateMachine):
    """Lan with two phones, Nam, Bình at the desk, and a server that is stopped and started again."""

    new_place: Place

    def __init__(self) -> None:
        super().__init__()
        self._exit = ExitStack()
        self.url, remove = self.new_place()
        self._exit.callback(remove)
        self.clock = FakeClock()
        self.database = Database(self.url)
        self._exit.callback(self._close)
        folder = Path(self._exit.enter_context(TemporaryDirectory()))
        self.backup = folder / "backup"
        self.settings = Settings(database_url=self.url, data_dir=folder)
        self.world: World = build(self.database, self.clock())
        self._start()
        cast = {"lan": LAN, "nam": NAM, "lan2": LAN}
        self.phones = {
            who: Queueing(sign_in(self._browser(), *whom, self.clock())) for who, whom in cast.items()
        }
        self.visits: dict[str, list[dict[str, Any]]] = {who: [] for who in cast}
        self.homes = {"lan": [self.world.duc, self.world.mai], "nam": [self.world.anh]}
        self.homes["lan2"] = self.homes["lan"]
        self.desk = self._browser()
        assert (
            self.desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"}).status_code
            == 303
        )

    # What people do.

    @rule(who=WHO, pick=PICK, promised=st.booleans())
    def record(self, who: str, pick: int, promised: bool) -> None:
        phone, homes = self.phones[who], self.homes[who]
        due = (self.clock() + timedelta(days=3)).date().isoformat() if promised else None
        visit = phone.phone.visit(homes[pick % len(homes)], follow_up_on=due)
        self.visits[who].append(self._save(phone, visit))

    @precondition(lambda self: any(self.visits.values()))
    @rule(who=WHO, pick=PICK, moves=st.booleans())
    def amend(self, who: str, pick: int, moves: bool) -> None:
        phone, homes = self.phones[who], self.homes[who]
        if mine := self.visits[who]:
            visit = mine[pick % len(mine)]
            home = homes[(pick + 1) % len(homes)] if moves else visit["data"]["household_id"]
            self._save(phone, phone.phone.amend(visit, note=f"Sửa {pick}", household_id=home))

    @rule(who=WHO, pick=PICK)
    def withdraw(self, who: str, pick: int) -> None:
        phone = self.phones[who]
        if mine := self.visits[who]:
            visit = mine.pop(pick % len(mine))
            self._save(phone, phone.phone.op("visit.withdraw", {"id": visit["data"]["id"]}))

    @rule(who=st.sampled_from(("lan", "nam")))
    def add_household(self, who: str) -> None:
        hamlet = self.world.dong if who == "lan" else self.world.tay
        home = {
            "id": new_id(),
            "hamlet_id": hamlet,
            "head_name": "Vi Thị Lụa",
            "house_no": "40",
            "alley": "",
            "phone": None,
        }
        phone = self.phones[who]
        self._save(phone, phone.phone.op("household.add", home | {"phone_consent": False}))
        self.homes[who].append(str(home["id"]))

    @rule()
    def visit_what_a_teammate_adds(self) -> None:
        """Whichever phone sends first: the visit waits for its household."""
        self.add_household("lan")
        self.record("lan2", len(self.homes["lan2"]) - 1, promised=True)

    @rule(who=WHO, pick=PICK)
    def say_what_no_server_takes(self, who: str, pick: int) -> None:
        phone, homes = self.phones[who], self.homes[who]
        self._save(phone, phone.phone.visit(homes[pick % len(homes)], services=[]))

    @rule(who=WHO, pick=PICK, field=st.sampled_from(("house_no", "alley")))
    def amend_household(self, who: str, pick: int, field: str) -> None:
        phone, homes = self.phones[who], self.homes[who]
        home = homes[pick % len(homes)]
        seen = phone.rows.get(("household", home), {"version": 1})["version"]
        data = {"id": home, "base_version": seen, field: f"{pick % 5}"}
        self._save(phone, phone.phone.op("household.amend", data))

    # What networks, servers and clocks do.

    @rule(who=WHO, most=st.integers(0, 6), answers_lost=st.sampled_from((0, 0, 0, 1, 2)))
    def sync(self, who: str, most: int, answers_lost: int) -> None:
        self.phones[who].phone.now = self.clock()
        self.phones[who].sync(most, answers_lost)

    @rule()
    def restart(self) -> None:
        self.app.state.database.close()
        self._start()

    @rule()
    def back_up(self) -> None:
        self.backup.unlink(missing_ok=True)
        keeper.back_up(self.settings, self.backup)

    @precondition(lambda self: self.backup.exists())
    @rule()
    def restore(self) -> None:
        """The phones, which it does not touch, heal it."""
        self.clock.forward(hours=1)
        self.app.state.database.close()
        self.database.close()
        keeper.restore(self.settings, self.backup, self.clock(), replace=True)
        self.database = Database(self.url)
        self._start()
        for who in self.phones:
            self._sign_in_anew(who)

    @rule(hours=st.integers(1, 40))
    def time_goes_by(self, hours: int) -> None:
        self.clock.forward(hours=hours)

    # What the commune does.

    @rule(pick=PICK, word=st.sampled_from(("accept", "return")))
    def decide(self, pick: int, word: str) -> None:
        found = self.database.read(lambda session: session.exec(select(Visit).order_by(Visit.id)).all())
        if found:
            visit = found[pick % len(found)]
            why = (
                {"reason": "missing_information", "field": "note", "note": "Chưa rõ"}
                if word == "return"
                else {}
            )
            form = {"version": str(visit.version), **why}
            assert self.desk.post(f"/desk/visits/{visit.id}/{word}", data=form).status_code < 500

    @rule(who=WHO, word=st.sampled_from(("revoke", "allow")))
    def take_out_of_service(self, who: str, word: str) -> None:
        answer = self.desk.post(f"/desk/devices/{self.phones[who].phone.device_id}/{word}")
        assert answer.status_code < 500
        self._sign_in_anew(who)

    @rule(pick=PICK, word=st.sampled_from(("accept", "accept", "drop", "choose")))
    def decide_on_what_is_kept(self, pick: int, word: str) -> None:
        if kept := self._all(select(Quarantined).where(Quarantined.state == "open")):
            one = kept[pick % len(kept)]
            home = [home for home in self._all(select(Household)) if home.id == one.record_id]
            version = home[0].version if home else 0
            form = {"version": str(version), "house_no": "theirs", "alley": "theirs"}
            address = f"/desk/quarantine/{one.op_id}/{one.payload_hash}/{word}"
            assert self.desk.post(address, data=form).status_code < 500

    @rule(pick=PICK)
    def merge(self, pick: int) -> None:
        homes = self._all(select(Household).where(Household.merged_into.is_(None)))  # type: ignore[union-attr]
        one, other = homes[pick % len(homes)], homes[(pick // 7) % len(homes)]
        if one.id != other.id and len(homes) > 3:
            form = {"surviving": one.id, "one": str(one.version), "other": str(other.version)}
            address = f"/desk/duplicates/{one.id}/{other.id}/merge"
            assert self.desk.post(address, data=form).status_code == 303

    @rule()
    def change_scope(self) -> None:
        self.database.write(self._give_or_take_tay)

    # What holds at every moment.

    @invariant()
    def nothing_is_lost(self) -> None:
        for phone in self.phones.values():
            boxes = [operation["op_id"] for operation in phone.queue], list(phone.sent), list(phone.fixes)
            assert sorted(op_id for box in boxes for op_id in box) == sorted(phone.made)

    @invariant()
    def nothing_is_doubled(self) -> None:
        self.database.read(self._look)

    def teardown(self) -> None:
        """With everything in order again, all of it has arrived, and the lists are whole."""
        try:
            for who, phone in self.phones.items():
                self.desk.post(f"/desk/devices/{phone.phone.device_id}/allow")
                self._sign_in_anew(who)
                phone.phone.now = self.clock()
                phone.drain()
                self.nothing_is_lost()
                assert not phone.queue, who
            for phone in self.phones.values():
                phone.drain()
                fresh = phone.fresh_rows()
                merged = {home.id for home in self._all(select(Household)) if home.merged_into}
                assert not merged & {id for kind, id in fresh if kind == "household"}
                assert {
                    key: row for key, row in phone.rows.items() if key in fresh or key[0] != "member"
                } == fresh
            self.nothing_is_doubled()
        finally:
            self.app.state.database.close()
            self._exit.close()

    def _sign_in_anew(self, who: str) -> None:
        """Where its session has ended; a revoked phone is another device then."""
        phone = self.phones[who].phone
        if phone.send().status_code == 401:
            known: dict[str, Any] = {"device_id": phone.device_id, "life": who, "next_seq": phone.seq + 1}
            code = NAM if who == "nam" else LAN
            phone.device_id = sign_in(phone.client, *code, self.clock(), **known).device_id

    def _close(self) -> None:
        self.database.close()

    def _look(self, session: Session) -> None:
        assert totals.differences(session, self.world.commune_id) == []
        standing = {home.id for home in session.exec(select(Household)) if not home.merged_into}
        assert {visit.household_id for visit in session.exec(select(Visit))} <= standing
        assert {promise.household_id for promise in session.exec(select(FollowUp))} <= standing
        made = {op_id: operation for phone in self.phones.values() for op_id, operation in phone.made.items()}
        history = history_of(session).epoch
        ledger = {entry.op_id: entry for entry in session.exec(select(LedgerEntry))}
        for phone in self.phones.values():
            called_sent = {op_id for op_id, (_, _, epoch) in phone.sent.items() if epoch == history}
            assert called_sent <= ledger.keys(), "called sent, and not on the server"
            doubted = [
                op_id for op_id in phone.fixes if op_id in ledger and ledger[op_id].status == "applied"
            ]
            assert not doubted, "sent back to its author, and counted"
        applied = [made[op_id] for op_id, entry in ledger.items() if entry.status == "applied"]
        recorded = {one["data"]["id"] for one in applied if one["type"] == "visit.record"}
        assert {visit.id for visit in session.exec(select(Visit))} == recorded
        amended = Counter(one["data"]["id"] for one in applied if one["type"] == "visit.amend")
        assert Counter(version.visit_id for version in session.exec(select(VisitVersion))) == amended

    def _all(self, wanted: Any) -> list[Any]:
        return self.database.read(lambda session: list(session.exec(wanted)))

    def _give_or_take_tay(self, session: Session) -> None:
        """Lan's team takes on Thôn Tây, or leaves it; its names are new to who is there already."""
        lan = session.get_one(Account, (self.world.commune_id, self.world.lan))
        theirs = select(Assignment).where(
            Assignment.team_id == lan.team_id, Assignment.hamlet_id == self.world.tay
        )
        if (row := session.exec(theirs).first()) is not None:
            row.until = None if row.until else self.clock()
        else:
            assert lan.team_id is not None
            row = Assignment(
                commune_id=lan.commune_id,
                team_id=lan.team_id,
                hamlet_id=self.world.tay,
                since=self.clock() - timedelta(days=1),
            )
        feed(session, lan.commune_id, [lan])
        session.add_all([lan, row])

    def _save(self, phone: Queueing, operation: dict[str, Any]) -> dict[str, Any]:
        at = (self.clock() - timedelta(minutes=len(phone.made) % 50)).isoformat(timespec="milliseconds")
        return phone.save(operation | {"at": at.replace("+00:00", "Z")})

    def _start(self) -> None:
        self.app = create_app(self.settings, self.clock)
        for phone in getattr(self, "phones", {}).values():
            phone.phone.client = self._browser(phone.phone.client)
        if hasattr(self, "desk"):
            self.desk = self._browser(self.desk)

    def _browser(self, before: TestClient | None = None) -> TestClient:
        new = TestClient(
            self.app,
            base_url="http://127.0.0.1:8000",
            headers={"Sec-Fetch-Site": "same-origin"},
            follow_redirects=False,
        )
        if before is not None:
            new.cookies = before.cookies
        return new
