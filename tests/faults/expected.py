"""The state that a history must lead to, computed from what its phones wrote, displayed and received.

A visit has the content of its newest write. Of two changes of one field of a household whose authors had not
seen each other's value, one is quarantined as a conflict. There are no records that nobody wrote.
"""

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING, Any

from app.commune.accounts.models import Device
from app.core.epoch import ServerEpoch
from app.fieldwork.households.models import Household
from app.fieldwork.visits.models import Visit
from app.sync.wire.models import LedgerEntry, QuarantinedOperation

if TYPE_CHECKING:
    from tests.faults.history import History

Op = dict[str, Any]
CONTENT = ("visit.record", "visit.amend")


def check_step(history: "History") -> None:
    """Every operation that a phone calls sent is on the server, two phones' writes never have the same
    version, and visits have the content of their newest write. A late write gets the version of its
    phone's own newer write."""
    (epoch,) = (row.epoch for row in history.instance.rows(ServerEpoch))
    ledger = {entry.op_id: entry.status for entry in history.instance.rows(LedgerEntry)}
    for who, phone in history.phones.items():
        for op_id, (op, result, acked) in phone.sent.items():
            assert acked != epoch or op_id in ledger, "called sent, and not on the server"
            if op["type"] != "visit.withdraw" and result.get("version"):
                number = (op["data"]["id"], result["version"])
                assert history.authors.setdefault(number, who) == who, "one version, two writes"
                history.first.setdefault(op_id, result["version"])
            elif result["status"] == "quarantined":
                history.first.setdefault(op_id, 0)  # the phone does not learn its version
    _check_newest_writes(history, {op_id for op_id, status in ledger.items() if status == "applied"})


def check_end(history: "History") -> None:
    """Every operation has arrived once, and no household has an older value of a field."""
    sent = {op_id: op for phone in history.phones.values() for op_id, (op, _, _) in phone.sent.items()}
    assert sorted(entry.op_id for entry in history.instance.rows(LedgerEntry)) == sorted(sent)
    rows = {row.id: row for row in history.instance.rows(Visit)}
    assert set(rows) == {op["data"]["id"] for op in sent.values() if op["type"] == "visit.record"}
    withdrawn = {op["data"]["id"] for op in sent.values() if op["type"] == "visit.withdraw"}
    assert withdrawn == {id for id, row in rows.items() if row.withdrawn_at}
    lost = {device.id: device.lost_count for device in history.instance.rows(Device) if device.lost_count}
    assert lost == {}, "a loss is reported for operations that have arrived"
    _Edits(history).check()


def _check_newest_writes(history: "History", applied: set[str]) -> None:
    """Visits with a write whose version no phone knows are left out."""
    writes: defaultdict[str, list[tuple[int, str, int, Op]]] = defaultdict(list)
    for who, phone in history.phones.items():
        for op_id, op in phone.made.items():
            if op["type"] in CONTENT and op_id in applied:
                writes[op["data"]["id"]].append((history.first.get(op_id, 0), who, op["seq"], op))
    for row in history.instance.rows(Visit):
        visit_writes = writes[row.id]
        if row.withdrawn_at is None and all(first for first, _, _, _ in visit_writes):
            data = _newest_write(visit_writes)["data"]
            assert (row.note, row.household_id) == (data["note"], data["household_id"]), (
                "an older write has replaced a newer one"
            )


def _newest_write(writes: list[tuple[int, str, int, Op]]) -> Op:
    """The write that arrived last, without those that arrived after a later write of the same phone."""
    newest: dict[str, int] = {}
    for _first, who, seq, op in sorted(writes, key=lambda write: write[0]):
        if seq > newest.get(who, 0):
            newest[who], result = seq, op
    return result


class _Edits:
    """The phones' changes of households, by the value that each one set; no value is set twice."""

    def __init__(self, history: "History") -> None:
        self.rows = {row.id: row for row in history.instance.rows(Household)}
        self.saw, self.first, self.floors = history.saw, history.first, history.floors
        self.applied = {
            entry.op_id for entry in history.instance.rows(LedgerEntry) if entry.status == "applied"
        }
        self.conflicts = {
            row.op_id for row in history.instance.rows(QuarantinedOperation) if row.reason == "conflict"
        }
        self.by_value: dict[str, tuple[str, Op]] = {}
        self.of_field: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for who, phone in history.phones.items():
            for op, _, _ in phone.sent.values():
                if op["type"] == "household.amend":
                    (field,) = op["data"].keys() & {"house_no", "alley"}
                    self.by_value[op["data"][field]] = (who, op)
                    self.of_field[op["data"]["id"], field].append(op["data"][field])

    def check(self) -> None:
        for (household, field), values in self.of_field.items():
            counted = [value for value in values if self.by_value[value][1]["op_id"] in self.applied]
            if self._spans_two_restores(values):
                continue
            for one, other in combinations(counted, 2):
                assert self._is_settled(one, other, counted), "concurrent changes without a conflict"
            newest = [one for one in counted if not any(self._is_after(other, one) for other in counted)]
            assert newest in ([], [getattr(self.rows[household], field)]), "a field has an older value"
            for value in set(values) - set(counted):
                assert self.by_value[value][1]["op_id"] in self.conflicts
                # If a restore came before its answer, a write has another version than the one later writes
                # name.
                assert self.floors or self._is_concurrent(value, counted), (
                    "a conflict without concurrent changes"
                )

    def _is_settled(self, one: str, other: str, counted: list[str]) -> bool:
        """Whether the author of one had seen the other, or the author of a third value had seen both."""
        if self._is_after(one, other) or self._is_after(other, one):
            return True
        return any(self._is_after(third, one) and self._is_after(third, other) for third in counted)

    def _spans_two_restores(self, values: list[str]) -> bool:
        """Whether one change is based on a version that a second restore has undone, and another one is from
        before the first restore. Versions do not show then who had seen what (docs/decisions/0032, known
        limit)."""
        ops = [self.by_value[value][1] for value in values]
        return any(
            self.first.get(old["op_id"], floor) <= floor < op["data"]["base_version"]
            for floor in self.floors[:-1]
            for old in ops
            for op in ops
        )

    def _is_concurrent(self, value: str, counted: list[str]) -> bool:
        return any(not self._is_after(value, other) for other in counted)

    def _is_after(self, value: str, other: str) -> bool:
        """Whether the author of `value` had seen `other`, or had set it before."""
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
