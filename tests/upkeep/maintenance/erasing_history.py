"""A random history in which households are erased: phones go on writing about them, answers get lost, the
database is restored from before, merged, given old lists.

Whatever is written of a household has its secret word. After each step no secret of an erased household is in
any table, and at the end on no phone.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.commune.accounts.models import Device
from app.fieldwork.households.models import Household
from app.fieldwork.visits.models import Visit
from app.review.deduplication.merging import merge
from app.upkeep.erasure.commands import erase_household
from app.upkeep.maintenance.check import check
from tests.faults.history import ACTIONS, History, Op, words
from tests.phone import new_id
from tests.review.deduplication.merges import actor_of
from tests.sync.expected import without_days
from tests.sync.simulated_phone import Key
from tests.upkeep.erasure.remains import found_in_tables_of


class ErasingHistory(History):
    """`secrets`: the names and words of each household, by id. `erased`: those of households that were
    erased; `steps`: how many."""

    steps: ClassVar[int] = 70

    def run(self) -> None:
        self.secrets: dict[str, set[str]] = {}
        self.erased: set[str] = set()
        actions = self.actions().items()
        weights = {action: weight * self.dice.choice((1, 1, 3)) for action, weight in actions}
        try:
            for _ in range(self.steps):
                (action,) = self.dice.choices(list(weights), list(weights.values()))
                who = self.dice.choice(list(self.phones))
                self.trace.append(f"{who} {action.__name__}")
                getattr(self, action.__name__)(who)
                self._check()
            self._end()
        except AssertionError as error:
            error.add_note("after:\n" + "\n".join(self.trace))
            raise

    def actions(self) -> dict[Callable[[Any, str], None], int]:
        more: dict[Callable[[Any, str], None], int] = {
            ErasingHistory.erases: 4, ErasingHistory.merges: 1, ErasingHistory.writes_again: 1
        }  # fmt: skip
        return ACTIONS | more

    def records(self, who: str) -> None:
        if households := self._households(who):
            household = self.dice.choice(households)
            visit = self._phone(who).visit(household, note=self._written(household))
            self.visits[who.rstrip("23")].append(self.phones[who].save(visit)["data"]["id"])

    def amends(self, who: str) -> None:
        """One of the person's newest visits, sometimes at another household than before."""
        known, households = self.visits[who.rstrip("23")][-3:], self._households(who)
        if known and households:
            household = self.dice.choice(households)
            data = {"id": self.dice.choice(known), "base_version": 1, "household_id": household}
            content: Op = {"result": "not_home", "services": [], "follow_up_on": None}
            note = {"note": self._written(household)}
            self.phones[who].save(self._phone(who).op("visit.amend", data | content | note))

    def edits_a_household(self, who: str) -> None:
        if households := self._households(who):
            household = self.dice.choice(households)
            version = self.phones[who].rows["household", household]["version"]
            data = {"id": household, "base_version": version, "alley": self._written(household)}
            self.phones[who].save(self._phone(who).op("household.amend", data))

    def erases(self, _who: str) -> None:
        """A household and those merged into it; no visit is lost by that."""
        if found := self._live():
            count = len(self.instance.rows(Visit))
            self._erase(self.dice.choice(sorted(found, key=lambda row: row.feed_seq)))
            assert len(self.instance.rows(Visit)) == count

    def writes_again(self, who: str) -> None:
        """A household that is erased before the phone sends it under another id, with a visit."""
        rows = {row.id: row for row in self._live()}
        if there := [id for id in self._households(who) if id in rows]:
            row = rows[self.dice.choice(there)]
            label = {name: getattr(row, name) for name in ("hamlet_id", "head_name", "house_no", "alley")}
            added = self.phones[who].save(self._phone(who).op("household.add", label | {"id": new_id()}))
            text = words()
            self.phones[who].save(self._phone(who).visit(added["data"]["id"], note=text))
            self._erase(row)
            self.erased.add(text)

    def merges(self, _who: str) -> None:
        """Two households of one hamlet."""
        rows = sorted(self._live(), key=lambda row: row.feed_seq)
        pairs = [(a, b) for a in rows for b in rows if a is not b and a.hamlet_id == b.hamlet_id]
        if pairs:
            one, two = self.dice.choice(pairs)
            self.instance.database.write(lambda session: self._merge(session, one, two))

    def _deliver(self, who: str, operations: list[Op]) -> None:
        """By a clock that is right: what was written before an erasure is known by it."""
        self._phone(who)
        super()._deliver(who, operations)

    def _live(self) -> list[Household]:
        return [row for row in self.instance.rows(Household) if not (row.erased_at or row.merged_into)]

    def _erase(self, chosen: Household) -> None:
        names = {row.id: row.head_name for row in self.instance.rows(Household)}
        self.instance.database.write(lambda session: self._erase_in(session, chosen))
        for id in [row.id for row in self.instance.rows(Household) if row.erased_at]:
            self.erased |= {*self.secrets.get(id, ()), names[id]} - {""}

    def _merge(self, session: Session, one: Household, two: Household) -> None:
        seen = {one.id: one.version, two.id: two.version}
        merge(session, self._binh(session), one.id, two.id, seen, self.instance.clock())

    def _erase_in(self, session: Session, chosen: Household) -> None:
        erase_household(session, self._binh(session), chosen.id, chosen.version, "", self.instance.clock())

    def _binh(self, session: Session) -> Actor:
        return actor_of(session, self.world.commune_id, self.world.binh)

    def _written(self, household: str) -> str:
        """A text that is the household's secret."""
        text = words()
        self.secrets.setdefault(household, set()).add(text)
        if household in {row.id for row in self.instance.rows(Household) if row.erased_at}:
            self.erased.add(text)  # by a phone that has not heard of it
        return text

    def _check(self) -> None:
        left = found_in_tables_of(self.instance.database, tuple(self.erased))
        assert not left, f"an erased household is back: {left}"

    def _end(self) -> None:
        if "sen" in self.phones:
            self.invites_sen("sen")  # a restore may have suspended her phone
        for _ in range(2):
            for who, phone in self.phones.items():
                self._phone(who)
                phone.drain()
                self._check()
        for who, phone in self.phones.items():
            self._phone(who)
            phone.drain()
            assert _content(phone.rows) == _content(phone.fresh_rows()), "a replica that differs"
        # Also the numbers of what went from the phones, which a restore has taken from the server.
        assert [row.lost_seqs for row in self.instance.rows(Device) if row.lost_count] == []
        rows = str([phone.rows for phone in self.phones.values()])
        assert [word for word in self.erased if word in rows] == []
        assert [one for one in check(self.instance.database) if one.problems] == []


def _content(rows: dict[Key, Op]) -> dict[Key, Op]:
    """Rows without their numbers. A phone may know a row that has not changed by an earlier one: whatever
    changes it, or takes it away, has a higher number than both, and what was read is said by the cursor."""
    known = without_days({key: row for key, row in rows.items() if key[0] != "member"})
    return {key: row | {"feed_seq": 0} for key, row in known.items()}
