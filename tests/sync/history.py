"""A random history on the real server: what people, networks, servers and the commune do, step by step.

Lan with two phones, Nam, Lý of the neighbouring commune, Bình at the desk, and a server that is stopped,
restored and started again. `tests.sync.expected` has what must be true after each step and at the end.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from sqlmodel import col, select

from app.core.db import Database
from app.fieldwork.households.models import Household
from app.fieldwork.visits.models import Visit
from app.review.deduplication.models import HouseholdMerge
from app.sync.wire.models import QuarantinedOperation
from app.upkeep.maintenance import backup, restore
from app.upkeep.maintenance.check import check
from tests.phone import new_id
from tests.sync import expected
from tests.sync.history_base import CAST, OURS, HistoryBase


class History(HistoryBase):
    """One history; the same number makes the same one.

    `steps`: how many. `factors`: by one of these the weight of each action is multiplied.
    """

    steps: ClassVar[int] = 80
    factors: ClassVar[tuple[int, ...]] = (0, 1, 1, 3)

    def run(self) -> None:
        """Run all steps; a failed check has the steps before it as a note."""
        try:
            weights = {
                action: weight * self.dice.choice(self.factors) for action, weight in self.actions().items()
            }
            for _ in range(self.steps):
                (action,) = self.dice.choices(list(weights), list(weights.values()))
                self.trace.append(action.__name__)
                action(self)
                self.check()
            self.trace.append("the end")
            self._finish()
        except AssertionError as error:
            error.add_note("after:\n" + "\n".join(self.trace))
            raise
        finally:
            self.app.state.database.close()
            self.database.close()
            self._exit.close()

    def check(self) -> None:
        """What must be true after each step."""
        expected.check(self)

    def actions(self) -> dict[Callable[[Any], None], int]:
        """What may happen, with weights."""
        return ACTIONS

    # What people do.

    def record(self) -> None:
        self.save_visit(self._pick_person())

    def amend(self) -> None:
        """Half of the amendments move the visit to another household, perhaps in another hamlet."""
        who = self._pick_person()
        if mine := self.visits[who]:
            visit = self.dice.choice(mine)
            household = self.dice.choice(
                [visit["data"]["household_id"], self.dice.choice(self._households(who))]
            )
            phone = self.phones[who].phone
            self._save(who, phone.amend(visit, note=f"Sửa {self.dice.random()}", household_id=household))

    def withdraw(self) -> None:
        who = self._pick_person()
        if mine := self.visits[who]:
            visit = mine.pop(self.dice.randrange(len(mine)))
            self._save(who, self.phones[who].phone.op("visit.withdraw", {"id": visit["data"]["id"]}))

    def add_household(self) -> None:
        who = self.dice.choice(("lan", "nam"))
        hamlet = self.world.dong if who == "lan" else self.world.tay
        household = {
            "id": new_id(),
            "hamlet_id": hamlet,
            "head_name": "Vi Thị Lụa",
            "house_no": "40",
            "alley": "",
        }
        self._save(who, self.phones[who].phone.op("household.add", household))
        self.households[who].append(household["id"])

    def visit_new_household_of_teammate(self) -> None:
        """The visit waits for its household if its phone sends first."""
        self.add_household()
        self.save_visit("lan2", self.households["lan2"][-1])

    def record_invalid_visit(self) -> None:
        who = self._pick_person()
        self._save(who, self.phones[who].phone.visit(self.dice.choice(self.households[who]), services=[]))

    def amend_household(self) -> None:
        who = self._pick_person()
        household = self.dice.choice(self.households[who])
        phone = self.phones[who]
        seen = phone.rows.get(("household", household), {"version": 1})["version"]
        field = self.dice.choice(("house_no", "alley"))
        data = {"id": household, "base_version": seen, field: str(self.dice.randrange(5))}
        self._save(who, phone.phone.op("household.amend", data))

    def reuse_id_in_other_commune(self) -> None:
        """Use an operation id that a phone of the other commune has used: communes are independent."""
        used, again = self.dice.choice([("lan", "ly"), ("ly", "lan")])
        if ids := [id for id in self.phones[used].made if id not in self.phones[again].made]:
            self.save_visit(again, op_id=self.dice.choice(ids))

    # What networks, servers and clocks do.

    def sync(self) -> None:
        phone = self.phones[self._pick_person()]
        phone.phone.now = self.clock()
        phone.sync(self.dice.randrange(7), self.dice.choice((0, 0, 0, 1, 2)))

    def delay_copy(self) -> None:
        """Send a request of which the network delays a copy."""
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

    def deliver_copy(self) -> None:
        """Deliver a delayed copy, perhaps not for the first time."""
        if self.copies:
            self.dice.choice(self.copies)[1]()

    def restart(self) -> None:
        self._stop()
        self.start()

    def back_up(self) -> None:
        self.backup.unlink(missing_ok=True)
        backup.backup(self.settings, self.backup)

    def restore(self) -> None:
        """Restore the backup; delayed copies are discarded, because they are older than the restore."""
        if self.backup.exists():
            self.copies.clear()
            self.clock.forward(hours=1)
            self._stop()
            self.database.close()
            restore.restore(self.settings, self.backup, self.clock(), replace=True)
            self.database = Database(self.settings.database)
            self.start()
            for who in self.phones:
                self._sign_in_again(who)

    def advance_clock(self) -> None:
        self.clock.forward(hours=self.dice.randint(1, 40))

    # What the commune does.

    def decide(self) -> None:
        if found := self.all(select(Visit).order_by(col(Visit.commune_id), col(Visit.feed_seq))):
            visit = self.dice.choice(found)
            word = self.dice.choice(("accept", "return"))
            why = {"reason": "missing_information", "field": "note", "note": "Chưa rõ"}
            form = {"version": str(visit.version), **(why if word == "return" else {})}
            self.at_desk(f"/desk/visits/{visit.id}/{word}", form)

    def revoke_or_allow(self) -> None:
        who = self.dice.choice([*OURS, *(who for who, _copy in self.copies)])
        device = self.phones[who].phone.device_id
        word = self.dice.choice(("revoke", "revoke", "allow"))
        self.at_desk(f"/desk/devices/{device}/{word}")
        self._sign_in_again(who)

    def decide_on_quarantined(self) -> None:
        if quarantined := self.all(select(QuarantinedOperation).where(QuarantinedOperation.state == "open")):
            saved = [op_id for phone in self.phones.values() for op_id in phone.made]
            one = self.dice.choice(sorted(quarantined, key=lambda row: saved.index(row.op_id)))
            household = [
                household for household in self.all(select(Household)) if household.id == one.record_id
            ]
            version = household[0].version if household else 0
            form = {"version": str(version), "house_no": "theirs", "alley": "theirs"}
            word = self.dice.choice(("accept", "accept", "drop", "choose"))
            address = f"/desk/quarantine/{one.op_id}/{one.payload_hash}/{word}"
            self.at_desk(address, form)

    def merge(self) -> None:
        households = self._standing_households()
        one, other = self.dice.sample(households, 2)
        if len(households) > 3:
            form = {"surviving": one.id, "one": str(one.version), "other": str(other.version)}
            address = f"/desk/duplicates/{one.id}/{other.id}/merge"
            assert self.at_desk(address, form) == 303

    def merge_move_or_undo(self) -> None:
        """A merge, and what a supervisor may do of it or with another household after that."""
        self.merge()
        self.desk_dice.choice((self.undo_merge, self.move_household, lambda: None))()

    def undo_merge(self) -> None:
        """Undo a merge, or be refused because something else happened since."""
        ours = select(Household).where(Household.commune_id == self.world.commune_id)
        if merged := [one for one in self.all(ours.order_by(col(Household.feed_seq))) if one.merged_into]:
            household = self.desk_dice.choice(merged)
            # A household to which a waiting visit was attached has no merge that could be undone.
            was_merged = household.id in {merge.losing_id for merge in self.all(select(HouseholdMerge))}
            status = self.at_desk(f"/desk/households/{household.id}/unmerge")
            assert status == (303 if was_merged else 404)

    def move_household(self) -> None:
        """Move a household to the other hamlet, also while visits there are in queues."""
        household = self.desk_dice.choice(self._standing_households())
        hamlet = self.world.tay if household.hamlet_id == self.world.dong else self.world.dong
        form = {"version": str(household.version), "hamlet": hamlet}
        assert self.at_desk(f"/desk/households/{household.id}/move", form) == 303

    def _standing_households(self) -> list[Household]:
        ours = select(Household).where(Household.commune_id == self.world.commune_id)
        return [one for one in self.all(ours.order_by(col(Household.feed_seq))) if not one.merged_into]

    def _finish(self) -> None:
        """Allow and sync every phone: all operations have arrived and all replicas are complete."""
        for who, phone in self.phones.items():
            self.at_desk(f"/desk/devices/{phone.phone.device_id}/allow")
            self._sign_in_again(who)
            phone.phone.now = self.clock()
            phone.drain()
            self.check()
            assert not phone.queue
        for phone in self.phones.values():
            phone.drain()
        expected.check_replicas(self)
        self.check()
        assert [one for one in check(self.database, self.clock) if one.problems] == []


# The actions and their weights; each history leaves some of them out and does others more often.
ACTIONS: dict[Callable[[Any], None], int] = {
    History.record: 4, History.amend: 4, History.withdraw: 1, History.add_household: 1,
    History.visit_new_household_of_teammate: 1, History.record_invalid_visit: 2, History.amend_household: 2,
    History.reuse_id_in_other_commune: 1, History.sync: 6, History.delay_copy: 3,
    History.deliver_copy: 3, History.restart: 1, History.back_up: 1, History.restore: 1,
    History.advance_clock: 2, History.decide: 1, History.revoke_or_allow: 2,
    History.decide_on_quarantined: 2, History.merge_move_or_undo: 1, History.change_scope: 1,
}  # fmt: skip
