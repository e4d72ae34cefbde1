"""A random history over the real server: what people, networks, servers and the commune do, step by step.

Lan with two phones, Nam, Lý of the commune next door, Bình at the desk, and a server that is stopped,
restored and started again. What has to hold meanwhile, and in the end, is in `tests.sync.expected`.
"""

import random
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi.testclient import TestClient
from sqlmodel import Session, col, select

from app.accounts.models import Account, Assignment
from app.core.config import Settings
from app.core.db import Database, feed
from app.households.models import Household
from app.keeping import keeper
from app.main import create_app
from app.sync.models import Quarantined
from app.visits.models import Visit
from tests.conftest import FakeClock
from tests.sync import expected
from tests.sync.phone import new_id, sign_in
from tests.sync.queueing import Queueing
from tests.world import LAN, LY, NAM, World, add_next_door, build

STEPS = 80
CAST = {"lan": LAN, "lan2": LAN, "nam": NAM, "ly": LY}
OURS = ("lan", "lan2", "nam")
Op = dict[str, Any]
Place = Callable[[], tuple[str, Callable[[], None]]]


class History:
    """One history, made from a number; the same number makes the same one.

    `delays` of an operation: how long a copy of its request that arrived at an instant was held back.
    """

    def __init__(self, number: int, new_place: Place) -> None:
        self.dice = random.Random(number)
        self._exit = ExitStack()
        url, remove = new_place()
        self._exit.callback(remove)
        self.clock = FakeClock()
        folder = Path(self._exit.enter_context(TemporaryDirectory()))
        self.settings = Settings(database_url=url, data_dir=folder)
        self.backup = folder / "backup"
        self.database = Database(url)
        self.world: World = build(self.database, self.clock())
        next_door = add_next_door(self.database, self.world, self.clock())
        self.phones: dict[str, Queueing] = {}
        self.start()
        self.phones |= {
            who: Queueing(sign_in(self._browser(), *whom, self.clock())) for who, whom in CAST.items()
        }
        lans = [self.world.duc, self.world.mai]
        self.homes = {"lan": lans, "lan2": lans, "nam": [self.world.anh], "ly": next_door}
        self.visits: dict[str, list[Op]] = {who: [] for who in CAST}
        self.copies: list[tuple[str, Callable[[], None]]] = []
        self.delays: defaultdict[tuple[str, datetime], set[timedelta]] = defaultdict(set)
        self.trace: list[str] = []
        self.change_scope()

    def run(self) -> None:
        """Live through it; whatever does not hold fails with what happened before."""
        try:
            temper = {action: often * self.dice.choice((0, 1, 1, 3)) for action, often in ACTIONS.items()}
            for _ in range(STEPS):
                (action,) = self.dice.choices(list(temper), list(temper.values()))
                self.trace.append(action.__name__)
                action(self)
                expected.look(self)
            self.trace.append("the end")
            self._settle_up()
        except AssertionError as error:
            error.add_note("after:\n" + "\n".join(self.trace))
            raise
        finally:
            self.app.state.database.close()
            self.database.close()
            self._exit.close()

    # What people do.

    def record(self) -> None:
        self.save_visit(self._who())

    def amend(self) -> None:
        """Every other time at another household, in another hamlet if there is one."""
        who = self._who()
        if mine := self.visits[who]:
            visit = self.dice.choice(mine)
            home = self.dice.choice([visit["data"]["household_id"], self.dice.choice(self._homes(who))])
            phone = self.phones[who].phone
            self._save(who, phone.amend(visit, note=f"Sửa {self.dice.random()}", household_id=home))

    def withdraw(self) -> None:
        who = self._who()
        if mine := self.visits[who]:
            visit = mine.pop(self.dice.randrange(len(mine)))
            self._save(who, self.phones[who].phone.op("visit.withdraw", {"id": visit["data"]["id"]}))

    def add_household(self) -> None:
        who = self.dice.choice(("lan", "nam"))
        hamlet = self.world.dong if who == "lan" else self.world.tay
        home = {"id": new_id(), "hamlet_id": hamlet, "head_name": "Vi Thị Lụa", "house_no": "40", "alley": ""}
        self._save(who, self.phones[who].phone.op("household.add", home))
        self.homes[who].append(home["id"])

    def visit_what_a_teammate_adds(self) -> None:
        """Whichever phone sends first: the visit waits for its household."""
        self.add_household()
        self.save_visit("lan2", self.homes["lan2"][-1])

    def say_what_no_server_takes(self) -> None:
        who = self._who()
        self._save(who, self.phones[who].phone.visit(self.dice.choice(self.homes[who]), services=[]))

    def amend_household(self) -> None:
        who = self._who()
        home = self.dice.choice(self.homes[who])
        phone = self.phones[who]
        seen = phone.rows.get(("household", home), {"version": 1})["version"]
        field = self.dice.choice(("house_no", "alley"))
        data = {"id": home, "base_version": seen, field: str(self.dice.randrange(5))}
        self._save(who, phone.phone.op("household.amend", data))

    def say_the_same_id_next_door(self) -> None:
        """Two communes know nothing of each other, not even which ids the other one's phones have used."""
        used, again = self.dice.choice([("lan", "ly"), ("ly", "lan")])
        if ids := [id for id in self.phones[used].made if id not in self.phones[again].made]:
            self.save_visit(again, op_id=self.dice.choice(ids))

    # What networks, servers and clocks do.

    def sync(self) -> None:
        phone = self.phones[self._who()]
        phone.phone.now = self.clock()
        phone.sync(self.dice.randrange(7), self.dice.choice((0, 0, 0, 1, 2)))

    def hold_a_copy_back(self) -> None:
        """A request goes through, and a copy of it hangs in the network."""
        if not (busy := [who for who in CAST if self.phones[who].queue]):
            return
        who = self.dice.choice(busy)
        phone = self.phones[who]
        phone.phone.now, sent_at = self.clock(), self.clock()
        operations = phone.queue[: self.dice.randrange(1, 7)]
        send = phone.phone.copy(*operations)

        def arrive() -> None:
            if send().status_code == 200:
                for one in operations:
                    self.delays[one["op_id"], self.clock()].add(self.clock() - sent_at)

        self.copies.append((who, arrive))
        phone.sync(len(operations))

    def a_copy_arrives(self) -> None:
        """Once more than was asked for, or many times more."""
        if self.copies:
            self.dice.choice(self.copies)[1]()

    def restart(self) -> None:
        self._stop()
        self.start()

    def back_up(self) -> None:
        self.backup.unlink(missing_ok=True)
        keeper.back_up(self.settings, self.backup)

    def restore(self) -> None:
        """The phones, which it does not touch, heal it. What hung in the network is let go of by then."""
        if self.backup.exists():
            self.copies.clear()
            self.clock.forward(hours=1)
            self._stop()
            self.database.close()
            keeper.restore(self.settings, self.backup, self.clock(), replace=True)
            self.database = Database(self.settings.database)
            self.start()
            for who in self.phones:
                self._sign_in_anew(who)

    def time_goes_by(self) -> None:
        self.clock.forward(hours=self.dice.randint(1, 40))

    # What the commune does.

    def decide(self) -> None:
        if found := self.all(select(Visit).order_by(col(Visit.commune_id), col(Visit.feed_seq))):
            visit = self.dice.choice(found)
            word = self.dice.choice(("accept", "return"))
            why = {"reason": "missing_information", "field": "note", "note": "Chưa rõ"}
            form = {"version": str(visit.version), **(why if word == "return" else {})}
            assert self.desk.post(f"/desk/visits/{visit.id}/{word}", data=form).status_code < 500

    def take_out_of_service(self) -> None:
        who = self.dice.choice([*OURS, *(who for who, _copy in self.copies)])
        device = self.phones[who].phone.device_id
        word = self.dice.choice(("revoke", "revoke", "allow"))
        assert self.desk.post(f"/desk/devices/{device}/{word}").status_code < 500
        self._sign_in_anew(who)

    def decide_on_what_is_kept(self) -> None:
        if kept := self.all(select(Quarantined).where(Quarantined.state == "open")):
            saved = [op_id for phone in self.phones.values() for op_id in phone.made]
            one = self.dice.choice(sorted(kept, key=lambda row: saved.index(row.op_id)))
            home = [home for home in self.all(select(Household)) if home.id == one.record_id]
            version = home[0].version if home else 0
            form = {"version": str(version), "house_no": "theirs", "alley": "theirs"}
            word = self.dice.choice(("accept", "accept", "drop", "choose"))
            address = f"/desk/quarantine/{one.op_id}/{one.payload_hash}/{word}"
            assert self.desk.post(address, data=form).status_code < 500

    def merge(self) -> None:
        ours = select(Household).where(Household.commune_id == self.world.commune_id)
        homes = [home for home in self.all(ours.order_by(col(Household.feed_seq))) if not home.merged_into]
        one, other = self.dice.sample(homes, 2)
        if len(homes) > 3:
            form = {"surviving": one.id, "one": str(one.version), "other": str(other.version)}
            address = f"/desk/duplicates/{one.id}/{other.id}/merge"
            assert self.desk.post(address, data=form).status_code == 303

    def change_scope(self) -> None:
        self.database.write(self._give_or_take_tay)

    def save_visit(self, who: str, home: str = "", **changes: Any) -> None:
        """Somebody records a visit, with a promise every other time."""
        due = (self.clock() + timedelta(days=3)).date().isoformat() if self.dice.random() < 0.5 else None
        where = home or self.dice.choice(self._homes(who))
        visit = self.phones[who].phone.visit(where, follow_up_on=due, note=f"Ghi {self.dice.random()}")
        self.visits[who].append(self._save(who, visit | changes))

    def start(self) -> None:
        self.app = create_app(self.settings, self.clock)
        for phone in self.phones.values():
            phone.phone.client = self._browser(phone.phone.client)
        desk = getattr(self, "desk", None)
        self.desk = self._browser(desk)
        if desk is None:
            form = {"name": "binh", "password": "mat-khau-binh"}
            assert self.desk.post("/desk/sign-in", data=form).status_code == 303

    def all(self, wanted: Any) -> list[Any]:
        return self.database.read(lambda session: list(session.exec(wanted)))

    def _settle_up(self) -> None:
        """With everything in order again, all of it has arrived, and the lists are whole."""
        for who, phone in self.phones.items():
            self.desk.post(f"/desk/devices/{phone.phone.device_id}/allow")
            self._sign_in_anew(who)
            phone.phone.now = self.clock()
            phone.drain()
            expected.look(self)
            assert not phone.queue
        for phone in self.phones.values():
            phone.drain()
        expected.lists_are_whole(self)
        expected.look(self)

    def _sign_in_anew(self, who: str) -> None:
        """Where its session has ended; a revoked phone is another device then."""
        phone = self.phones[who].phone
        if phone.send().status_code == 401:
            known: Op = {"device_id": phone.device_id, "life": who, "next_seq": phone.seq + 1}
            phone.device_id = sign_in(phone.client, *CAST[who], self.clock(), **known).device_id

    def _who(self) -> str:
        return self.dice.choice([*OURS, *OURS, "ly"])

    def _homes(self, who: str) -> list[str]:
        """Where somebody may go; Lan to Thôn Tây only while it is her team's."""
        hamlets = {hamlet["id"] for hamlet in self.phones[who].answer.get("hamlets", [])}
        beyond = self.homes["nam"] if who.startswith("lan") and self.world.tay in hamlets else []
        return [*self.homes[who], *beyond]

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
            since = self.clock() - timedelta(days=1)
            row = Assignment(
                commune_id=lan.commune_id, team_id=lan.team_id, hamlet_id=self.world.tay, since=since
            )
        feed(session, lan.commune_id, [lan])
        session.add_all([lan, row])

    def _save(self, who: str, operation: Op) -> Op:
        phone = self.phones[who]
        at = (self.clock() - timedelta(minutes=len(phone.made) % 50)).isoformat(timespec="milliseconds")
        return phone.save(operation | {"at": at.replace("+00:00", "Z")})

    def _stop(self) -> None:
        self.app.state.database.close()

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


# What happens, and how often beside the others; in each history some of it never does, and some more often.
ACTIONS = {
    History.record: 4, History.amend: 4, History.withdraw: 1, History.add_household: 1,
    History.visit_what_a_teammate_adds: 1, History.say_what_no_server_takes: 2, History.amend_household: 2,
    History.say_the_same_id_next_door: 1, History.sync: 6, History.hold_a_copy_back: 3,
    History.a_copy_arrives: 3, History.restart: 1, History.back_up: 1, History.restore: 1,
    History.time_goes_by: 2, History.decide: 1, History.take_out_of_service: 2,
    History.decide_on_what_is_kept: 2, History.merge: 1, History.change_scope: 1,
}  # fmt: skip
