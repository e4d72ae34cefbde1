"""What must stand after a history, worked out from what its phones wrote, saw and were told.

A visit holds the last word; of two who changed one field of a household without seeing each other's value,
one is kept apart for the commune to decide; nothing is there that nobody wrote.
"""

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING, Any

from app.accounts.models import Device
from app.core.db import ServerEpoch
from app.households.models import Household
from app.sync.models import LedgerEntry, Quarantined
from app.visits.models import Visit

if TYPE_CHECKING:
    from tests.faults.history import History

Op = dict[str, Any]
CONTENT = ("visit.record", "visit.amend")


def look(history: "History") -> None:
    """What is called sent is on the server; a number never means two things; the last word stands. What came
    late to a phone's own newer write shares that one's number."""
    (epoch,) = (row.epoch for row in history.instance.rows(ServerEpoch))
    ledger = {entry.op_id: entry.status for entry in history.instance.rows(LedgerEntry)}
    for who, phone in history.phones.items():
        for op_id, (op, result, acked) in phone.sent.items():
            assert acked != epoch or op_id in ledger, "called sent, and not on the server"
            if op["type"] != "visit.withdraw" and result.get("version"):
                number = (op["data"]["id"], result["version"])
                assert history.numbers.setdefault(number, who) == who, "one number, two writes"
                history.first.setdefault(op_id, result["version"])
            elif result["status"] == "quarantined":
                history.first.setdefault(op_id, 0)  # whatever number it is given then, it is not told
    _last_words_stand(history, {op_id for op_id, status in ledger.items() if status == "applied"})


def stands(history: "History") -> None:
    """Everything has arrived once, and no older value of a household's field stands."""
    sent = {op_id: op for phone in history.phones.values() for op_id, (op, _, _) in phone.sent.items()}
    assert sorted(entry.op_id for entry in history.instance.rows(LedgerEntry)) == sorted(sent)
    rows = {row.id: row for row in history.instance.rows(Visit)}
    assert set(rows) == {op["data"]["id"] for op in sent.values() if op["type"] == "visit.record"}
    withdrawn = {op["data"]["id"] for op in sent.values() if op["type"] == "visit.withdraw"}
    assert withdrawn == {id for id, row in rows.items() if row.withdrawn_at}
    lost = {device.id: device.lost for device in history.instance.rows(Device) if device.lost}
    assert lost == {}, "an alarm for what is there"
    _Edits(history).stand()


def _last_words_stand(history: "History", applied: set[str]) -> None:
    """Of a visit with a write whose number no phone was told nothing can be said."""
    writes: defaultdict[str, list[tuple[int, str, int, Op]]] = defaultdict(list)
    for who, phone in history.phones.items():
        for op_id, op in phone.made.items():
            if op["type"] in CONTENT and op_id in applied:
                writes[op["data"]["id"]].append((history.first.get(op_id, 0), who, op["seq"], op))
    for row in history.instance.rows(Visit):
        written = writes[row.id]
        if row.withdrawn_at is None and all(first for first, _, _, _ in written):
            word = _last_word(written)["data"]
            assert (row.note, row.household_id) == (word["note"], word["household_id"]), (
                "older has beaten newer"
            )


def _last_word(written: list[tuple[int, str, int, Op]]) -> Op:
    """The one that arrived last, but for those that came after a later one of the same phone."""
    newest: dict[str, int] = {}
    for _first, who, seq, op in sorted(written, key=lambda one: one[0]):
        if seq > newest.get(who, 0):
            newest[who], word = seq, op
    return word


class _Edits:
    """The changes of households that phones made, by the value that each one set; none is set twice."""

    def __init__(self, history: "History") -> None:
        self.rows = {row.id: row for row in history.instance.rows(Household)}
        self.saw, self.first, self.floors = history.saw, history.first, history.floors
        self.applied = {
            entry.op_id for entry in history.instance.rows(LedgerEntry) if entry.status == "applied"
        }
        self.asked = {row.op_id for row in history.instance.rows(Quarantined) if row.reason == "conflict"}
        self.by_value: dict[str, tuple[str, Op]] = {}
        self.of_field: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for who, phone in history.phones.items():
            for op, _, _ in phone.sent.values():
                if op["type"] == "household.amend":
                    (field,) = op["data"].keys() & {"house_no", "alley"}
                    self.by_value[op["data"][field]] = (who, op)
                    self.of_field[op["data"]["id"], field].append(op["data"][field])

    def stand(self) -> None:
        for (home, field), values in self.of_field.items():
            counted = [value for value in values if self.by_value[value][1]["op_id"] in self.applied]
            if self._is_of_two_histories(values):
                continue
            for one, other in combinations(counted, 2):
                assert self._is_settled(one, other, counted), "two wrote, nobody is asked"
            newest = [one for one in counted if not any(self._is_after(other, one) for other in counted)]
            assert newest in ([], [getattr(self.rows[home], field)]), "an older value of a field stands"
            for value in set(values) - set(counted):
                assert self.by_value[value][1]["op_id"] in self.asked
                # A write whose answer a restore overtook has another number than the one that was built upon.
                assert self.floors or self._has_cause(value, counted), "asked for nothing"

    def _is_settled(self, one: str, other: str, counted: list[str]) -> bool:
        """Whether who set one of them had seen the other, or whoever set a third one both."""
        if self._is_after(one, other) or self._is_after(other, one):
            return True
        return any(self._is_after(third, one) and self._is_after(third, other) for third in counted)

    def _is_of_two_histories(self, values: list[str]) -> bool:
        """Whether one was written upon a version that a second restore has undone, and another one is older
        than the first: numbers do not say then who had seen whom (docs/decisions/0032, known limit)."""
        ops = [self.by_value[value][1] for value in values]
        return any(
            self.first.get(old["op_id"], floor) <= floor < op["data"]["base_version"]
            for floor in self.floors[:-1]
            for old in ops
            for op in ops
        )

    def _has_cause(self, value: str, counted: list[str]) -> bool:
        return any(not self._is_after(value, other) for other in counted)

    def _is_after(self, value: str, other: str) -> bool:
        """Whether who set `value` had seen `other`, or had set it too and before."""
        (who, op), (author, before) = self.by_value[value], self.by_value[other]
        if who == author:
            return bool(op["seq"] > before["seq"])
        seen, to_see = {value}, [value]
        while to_see:
            (_, op) = self.by_value[to_see.pop()]
            new = self.saw[op["op_id"]] - seen
            seen |= new
            to_see += [one for one in new if one in self.by_value]
        return other in seen
