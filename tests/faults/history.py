"""A random history of phones and a server that is backed up and restored, whatever the clock says.

Lan with three phones, Nam, and Sen, who is invited on the way; a list that is imported on the way. What must
stand in the end is in `tests.faults.expected`.
"""

import random
from collections.abc import Callable
from typing import Any

from sqlmodel import Session, select

from app.accounts import people
from app.accounts.models import Account, Team
from app.core.db import ServerEpoch
from app.keeping.check import check
from app.lists.homes import Home, Understood
from app.lists.importing import Wish, import_list
from app.sync.models import Quarantined
from app.sync.retry import retry_kept
from tests.faults import expected
from tests.keeping.conftest import Instance
from tests.sync.phone import Phone, new_id, sign_in
from tests.sync.queueing import Queueing
from tests.world import LAN, NAM, World

STEPS = 120
SEN = "0900000021"
LIST = Understood(
    homes=[Home("1", 2, "Vi Thị Lụa", "40", "", "Thôn Đông"), Home("1", 3, "Vi Văn Lâm", "9", "", "Thôn Tây")]
)
Op = dict[str, Any]


class History:
    """What happens, step by step.

    `numbers` says whose phone made which version of which record, `first` under which number an operation
    was acknowledged first, `saw` which values of a field somebody who changed it had seen: the list's, whose
    version the operation names, and their own that waits. `floors` are those of the restores.
    """

    def __init__(self, seed: int, made: Instance, world: World) -> None:
        self.dice, self.instance, self.world = random.Random(seed), made, world
        self.folder = made.backup.parent
        self.phones = {who: Queueing(made.phone(LAN)) for who in ("lan", "lan2", "lan3")}
        self.phones["nam"] = Queueing(made.phone(NAM))
        self.visits: dict[str, list[str]] = {"lan": [], "nam": [], "sen": []}
        self.numbers: dict[tuple[str, int], str] = {}
        self.first: dict[str, int] = {}
        self.saw: dict[str, set[str]] = {}
        self.trace: list[str] = []
        self.floors: list[int] = []
        self.left_behind: set[str] = set()
        self.has_imported = False

    def run(self) -> None:
        try:
            temper = {one: often * self.dice.choice((0, 1, 1, 3)) for one, often in ACTIONS.items()}
            for _ in range(STEPS):
                (action,) = self.dice.choices(list(temper), list(temper.values()))
                who = self.dice.choice(list(self.phones))
                self.trace.append(f"{who} {action.__name__}")
                action(self, who)
                expected.look(self)
            self.trace.append("the end")
            self._settle_up()
        except AssertionError as error:
            error.add_note("after:\n" + "\n".join(self.trace))
            raise

    # What people do.

    def records(self, who: str) -> None:
        if homes := self._homes(who):
            visit = self._phone(who).visit(self.dice.choice(homes), note=new_id())
            self.visits[_person(who)].append(self.phones[who].save(visit)["data"]["id"])

    def amends(self, who: str) -> None:
        """A person's phones know of each other's visits; the newest are talked about most."""
        known, homes = self.visits[_person(who)][-2:], self._homes(who)
        if known and homes:
            data = {"id": self.dice.choice(known), "base_version": 1, "household_id": self.dice.choice(homes)}
            content: Op = {"result": "not_home", "services": [], "note": new_id(), "follow_up_on": None}
            self.phones[who].save(self._phone(who).op("visit.amend", data | content))

    def withdraws(self, who: str) -> None:
        """Whoever has not heard of it goes on changing the visit."""
        if known := self.visits[_person(who)]:
            visit = self.dice.choice(known)
            self.phones[who].save(self._phone(who).op("visit.withdraw", {"id": visit}))
            if self.dice.random() < 0.7:
                known.remove(visit)

    def edits_a_household(self, who: str) -> None:
        """Upon what the phone shows: its copy of the list, and what still waits on it."""
        if homes := self._homes(who):
            home, field = self.dice.choice(homes), self.dice.choice(["house_no", "alley"])
            row = self.phones[who].rows["household", home]
            own = [one["data"] for one in self.phones[who].queue if one["data"]["id"] == home]
            shown = [row[field], *(data[field] for data in own if field in data)]
            data = {"id": home, "base_version": row["version"], field: new_id()}
            operation = self.phones[who].save(self._phone(who).op("household.amend", data))
            self.saw[operation["op_id"]] = {shown[0], shown[-1]}

    # What networks and servers do.

    def syncs(self, who: str) -> None:
        self._deliver(who, self.phones[who].queue)

    def loses_the_answer(self, who: str) -> None:
        self._phone(who).send(*self.phones[who].queue)

    def sends_twice(self, who: str) -> None:
        self._phone(who).send(*self.phones[who].queue)
        self._deliver(who, self.phones[who].queue)

    def sends_a_few(self, who: str) -> None:
        self._deliver(who, self.phones[who].queue[: self.dice.randint(1, 3)])

    def sends_a_later_one_first(self, who: str) -> None:
        """The database refuses one for a while: what was written after it goes before it."""
        queue = self.phones[who].queue
        new = {one["data"]["id"] for one in queue if one["type"] == "visit.record"}
        last = {one["data"]["id"]: one["seq"] for one in queue}
        fresh = [one for one in queue if "got" not in one and one["data"]["id"] not in new]
        older = [one for one in fresh if one["seq"] < last[one["data"]["id"]]]
        if older and who != "sen":
            self.left_behind.add(who)
            left = self.dice.choice(older)
            self._deliver(who, [one for one in queue if one is not left])

    def backs_up(self, _who: str) -> None:
        self._catch_up()
        self.instance.backup = self.folder / self.dice.choice(["backup", "older"])
        self.instance.backup.unlink(missing_ok=True)
        self.instance.back_up()

    def restores(self, _who: str) -> None:
        self._restore()

    def restores_with_the_clock_behind(self, _who: str) -> None:
        self.instance.clock.forward(days=-5)
        self._restore()
        self.instance.clock.forward(days=5)

    def _catch_up(self) -> None:
        """The database is well again before anybody copies it: what it refused for a while goes through."""
        for who in sorted(self.left_behind):
            self.syncs(who)
        self.left_behind.clear()

    def _restore(self) -> None:
        if there := [file for file in (self.folder / "backup", self.folder / "older") if file.exists()]:
            self._catch_up()
            self.instance.backup = self.dice.choice(there)
            self.instance.restore()
            self.floors += [row.floor for row in self.instance.rows(ServerEpoch)]

    # What the operator does, and does again after a restore.

    def invites_sen(self, _who: str) -> None:
        if "sen" not in self.phones or not self._is_let_in("sen"):
            code = self.instance.database.write(self._invite)
            retry_kept(self.instance.database, self.instance.clock())
            self.phones["sen"] = self._signed_in(code)

    def imports_the_list(self, _who: str) -> None:
        self.has_imported = True
        now, wish = self.instance.clock(), Wish(write=True)
        self.instance.database.write(
            lambda session: import_list(session, "06391", LIST, wish, now, lambda _plan: None)
        )
        retry_kept(self.instance.database, now)

    def _invite(self, session: Session) -> str:
        now = self.instance.clock()
        lan = session.exec(select(Account).where(Account.id == self.world.lan)).one()
        team = session.get_one(Team, (lan.commune_id, lan.team_id))
        return people.invite(session, people.add_member(session, team, "Triệu Thị Sen", SEN, now), now)

    def _signed_in(self, code: str) -> Queueing:
        """On the same phone as before, which goes on with what it has if the account is the same."""
        before = self.phones.get("sen")
        more = {"device_id": before.phone.device_id, "next_seq": before.phone.seq + 1} if before else {}
        phone = sign_in(self.instance.browser(), SEN, code, self.instance.clock(), life="sens", **more)
        if before is None:
            return Queueing(phone)
        assert phone.account_id == before.phone.account_id, "her records are another account's"
        phone.seq, phone.held, phone.state = before.phone.seq, before.phone.held, before.phone.state
        before.phone = phone
        return before

    def _is_let_in(self, who: str) -> bool:
        answer = self._phone(who).send()
        return bool(answer.status_code == 200 and not answer.json().get("erase"))

    def _deliver(self, who: str, operations: list[Op]) -> None:
        if who != "sen" or self._is_let_in(who):
            self.phones[who].deliver(operations)

    def _settle_up(self) -> None:
        """With everything in order again: all has arrived once, and the newest stands."""
        if "sen" in self.phones:
            self.invites_sen("sen")
        if self.has_imported:
            self.imports_the_list("sen")
        for _ in range(2):
            for phone in self.phones.values():
                phone.drain()
                expected.look(self)
        assert {op["type"] for phone in self.phones.values() for op in phone.fixes.values()} <= {
            "visit.amend",
            "visit.withdraw",
        }, "only what was taken back cannot be changed"
        apart = {row.code for row in self.instance.rows(Quarantined) if row.state == "open"}
        assert apart <= {"conflict", "withdrawn"}, "what waited and was taken back, or two wrote"
        assert [one for one in check(self.instance.database) if one.problems] == []
        expected.stands(self)

    def _homes(self, who: str) -> list[str]:
        """The households that a phone shows, as they came: ids are others in every run."""
        return [id for kind, id in self.phones[who].rows if kind == "household"]

    def _phone(self, who: str) -> Phone:
        phone = self.phones[who].phone
        phone.now = self.instance.clock()
        return phone


def _person(who: str) -> str:
    return who.rstrip("23")


# What happens, and how often beside the others; in each history some of it never does, and some more often.
ACTIONS: dict[Callable[[History, str], None], int] = {
    History.records: 3, History.amends: 8, History.withdraws: 1, History.edits_a_household: 6,
    History.syncs: 6, History.loses_the_answer: 3, History.sends_twice: 2, History.sends_a_few: 4,
    History.sends_a_later_one_first: 9, History.backs_up: 2, History.restores: 2,
    History.restores_with_the_clock_behind: 2, History.invites_sen: 1, History.imports_the_list: 1,
}  # fmt: skip
