"""A random history of phones and of a server that is backed up and restored, also with a wrong clock.

Lan has three phones; Nam has one; Sen is invited and a list is imported during the history. What must be true
after each step and at the end is in `tests.faults.expected`.
"""

import random
from collections.abc import Callable
from typing import Any

from sqlmodel import Session, select

from app.commune.accounts import people
from app.commune.accounts.models import Account, Team
from app.core.epoch import ServerEpoch
from app.intake.household_import.importer import ImportOptions, import_list
from app.intake.household_import.records import ListedHousehold, ParsedList
from app.sync.quarantine.retry import retry_all
from app.sync.wire.models import QuarantinedOperation
from app.upkeep.maintenance.check import check
from tests.faults import expected
from tests.phone import Phone, new_id, sign_in
from tests.sync.simulated_phone import SimulatedPhone
from tests.upkeep.maintenance.conftest import Instance
from tests.world import LAN, NAM, World

STEPS = 120
SEN = "0900000021"
LIST = ParsedList(
    households=[
        ListedHousehold("1", 2, "Vi Thị Lụa", "40", "", "Thôn Đông"),
        ListedHousehold("1", 3, "Vi Văn Lâm", "9", "", "Thôn Tây"),
    ],
    sheets=["1"],
)
Op = dict[str, Any]


class History:
    """The state of a history, and its steps.

    `authors`: the phone that wrote each version of each record. `first`: the version with which an operation
    was first acknowledged. `saw`: the values of a field that the author of a change had seen, which are the
    one of the list, whose version the operation names, and their own that is still queued. `floors`: the
    version floors of the restores.
    """

    def __init__(self, seed: int, instance: Instance, world: World) -> None:
        self.dice, self.instance, self.world = random.Random(seed), instance, world
        self.folder = instance.backup.parent
        self.phones = {who: SimulatedPhone(instance.phone(LAN)) for who in ("lan", "lan2", "lan3")}
        self.phones["nam"] = SimulatedPhone(instance.phone(NAM))
        self.phones["lan2"].minimal_results = False
        self.visits: dict[str, list[str]] = {"lan": [], "nam": [], "sen": []}
        self.authors: dict[tuple[str, int], str] = {}
        self.first: dict[str, int] = {}
        self.saw: dict[str, set[str]] = {}
        self.trace: list[str] = []
        self.floors: list[int] = []
        self.left_behind: set[str] = set()
        self.has_imported = False

    def run(self) -> None:
        try:
            actions = self.actions().items()
            weights = {action: weight * self.dice.choice((0, 1, 1, 3)) for action, weight in actions}
            for _ in range(STEPS):
                (action,) = self.dice.choices(list(weights), list(weights.values()))
                who = self.dice.choice(list(self.phones))
                self.trace.append(f"{who} {action.__name__}")
                action(self, who)
                expected.check_step(self)
            self.trace.append("the end")
            self._finish()
        except AssertionError as error:
            error.add_note("after:\n" + "\n".join(self.trace))
            raise

    def actions(self) -> dict[Callable[[Any, str], None], int]:
        """The steps and their weights; each history leaves some out and weights others more."""
        return ACTIONS

    # What people do.

    def records(self, who: str) -> None:
        if households := self._households(who):
            visit = self._phone(who).visit(self.dice.choice(households), note=words())
            self.visits[_person(who)].append(self.phones[who].save(visit)["data"]["id"])

    def amends(self, who: str) -> None:
        """One of the person's two newest visits, which may be from another of their phones."""
        known, households = self.visits[_person(who)][-2:], self._households(who)
        if known and households:
            data = {
                "id": self.dice.choice(known),
                "base_version": 1,
                "household_id": self.dice.choice(households),
            }
            content: Op = {"result": "not_home", "services": [], "note": words(), "follow_up_on": None}
            self.phones[who].save(self._phone(who).op("visit.amend", data | content))

    def withdraws(self, who: str) -> None:
        """Sometimes the person's other phones go on amending the visit."""
        if known := self.visits[_person(who)]:
            visit = self.dice.choice(known)
            self.phones[who].save(self._phone(who).op("visit.withdraw", {"id": visit}))
            if self.dice.random() < 0.7:
                known.remove(visit)

    def edits_a_household(self, who: str) -> None:
        """Based on what the phone shows: its replica and its queue."""
        if households := self._households(who):
            household, field = self.dice.choice(households), self.dice.choice(["house_no", "alley"])
            row = self.phones[who].rows["household", household]
            own = [one["data"] for one in self.phones[who].queue if one["data"]["id"] == household]
            shown = [row[field], *(data[field] for data in own if field in data)]
            data = {"id": household, "base_version": row["version"], field: words()}
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
        """One operation stays behind, as if the database refused it for a while; later ones are sent."""
        queue = self.phones[who].queue
        new = {one["data"]["id"] for one in queue if one["type"] == "visit.record"}
        last = {one["data"]["id"]: one["seq"] for one in queue}
        fresh = [one for one in queue if "acked_version" not in one and one["data"]["id"] not in new]
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
        """Send the operations that stayed behind."""
        for who in sorted(self.left_behind):
            self.syncs(who)
        self.left_behind.clear()

    def _restore(self) -> None:
        if there := [file for file in (self.folder / "backup", self.folder / "older") if file.exists()]:
            self._catch_up()
            self.instance.backup = self.dice.choice(there)
            self.instance.restore()
            self.floors += [row.version_floor for row in self.instance.rows(ServerEpoch)]

    # What the operator does, and repeats after a restore.

    def invites_sen(self, _who: str) -> None:
        if "sen" not in self.phones or not self._has_session("sen"):
            code = self.instance.database.write(self._invite)
            retry_all(self.instance.database, self.instance.clock())
            self.phones["sen"] = self._signed_in(code)

    def imports_the_list(self, _who: str) -> None:
        self.has_imported = True
        now, wish = self.instance.clock(), ImportOptions(write=True)
        self.instance.database.write(
            lambda session: import_list(session, "06391", LIST, wish, now, lambda _plan: None)
        )
        retry_all(self.instance.database, now)

    def _invite(self, session: Session) -> str:
        now = self.instance.clock()
        lan = session.exec(select(Account).where(Account.id == self.world.lan)).one()
        team = session.get_one(Team, (lan.commune_id, lan.team_id))
        return people.invite(session, people.add_member(session, team, "Triệu Thị Sen", SEN, now), now)

    def _signed_in(self, code: str) -> SimulatedPhone:
        """On the same phone as before, which keeps its queue if the account is the same."""
        before = self.phones.get("sen")
        more = {"device_id": before.phone.device_id, "next_seq": before.phone.seq + 1} if before else {}
        phone = sign_in(
            self.instance.browser(), SEN, code, self.instance.clock(), installation_id="sens", **more
        )
        if before is None:
            return SimulatedPhone(phone)
        assert phone.account_id == before.phone.account_id, "her records belong to another account"
        phone.seq, phone.held, phone.state = before.phone.seq, before.phone.held, before.phone.state
        before.phone = phone
        return before

    def _has_session(self, who: str) -> bool:
        answer = self._phone(who).send()
        return bool(answer.status_code == 200 and not answer.json().get("erase"))

    def _deliver(self, who: str, operations: list[Op]) -> None:
        if who != "sen" or self._has_session(who):
            self.phones[who].deliver(operations)

    def _finish(self) -> None:
        """Repeat what a restore undid, send everything, and check the end state."""
        if "sen" in self.phones:
            self.invites_sen("sen")
        if self.has_imported:
            self.imports_the_list("sen")
        for _ in range(2):
            for phone in self.phones.values():
                phone.drain()
                expected.check_step(self)
        assert {op["type"] for phone in self.phones.values() for op in phone.fixes.values()} <= {
            "visit.amend",
            "visit.withdraw",
        }, "only changes of withdrawn visits are rejected"
        codes = {row.code for row in self.instance.rows(QuarantinedOperation) if row.state == "open"}
        assert codes <= {"conflict", "withdrawn"}, "only conflicts and withdrawn visits stay quarantined"
        assert [one for one in check(self.instance.database) if one.problems] == []
        expected.check_end(self)

    def _households(self, who: str) -> list[str]:
        """The households that a phone shows, in the order of the feed, because ids differ in every run."""
        return [id for kind, id in self.phones[who].rows if kind == "household"]

    def _phone(self, who: str) -> Phone:
        phone = self.phones[who].phone
        phone.now = self.instance.clock()
        return phone


class PromotedHistory(History):
    """The same with a database that loses its end instead of a restore, and a new epoch in what is left.

    In the minutes after it phones send what is typed before what they send again.
    """

    def actions(self) -> dict[Callable[[Any, str], None], int]:
        return ACTIONS | {PromotedHistory.sends_what_was_typed: 6}

    def sends_what_was_typed(self, who: str) -> None:
        self._deliver(who, self.phones[who].typed())

    def _restore(self) -> None:
        if there := [file for file in (self.folder / "backup", self.folder / "older") if file.exists()]:
            self._catch_up()
            self.instance.backup = self.dice.choice(there)
            self.instance.lose_end()
            self.instance.begin_history()
            self.floors += [row.version_floor for row in self.instance.rows(ServerEpoch)]


def words() -> str:
    """A text that no other is, without digits: some of them would be masked."""
    return new_id().translate(str.maketrans("0123456789", "ghijklmnop"))


def _person(who: str) -> str:
    return who.rstrip("23")


ACTIONS: dict[Callable[[Any, str], None], int] = {
    History.records: 3, History.amends: 8, History.withdraws: 1, History.edits_a_household: 6,
    History.syncs: 6, History.loses_the_answer: 3, History.sends_twice: 2, History.sends_a_few: 4,
    History.sends_a_later_one_first: 9, History.backs_up: 2, History.restores: 2,
    History.restores_with_the_clock_behind: 2, History.invites_sen: 1, History.imports_the_list: 1,
}  # fmt: skip
