"""A simulated phone for random histories: queue, lost answers and replica, as the protocol has them."""

from dataclasses import dataclass, field
from typing import Any

from app.sync.wire.minimal_rows import recorded_row
from tests.phone import Phone

Key = tuple[str, str]
Acknowledged = tuple[dict[str, Any], dict[str, Any], str]  # the operation, its result, the server's epoch


@dataclass
class SimulatedPhone:
    """A phone with its outbox and replica in memory.

    `made` = `sent` ∪ `queue` ∪ `fixes`, by op_id, at every moment; `refusals`: the results of those that need
    a fix. `rows`: the replica; `filling`: the next one while it is downloaded; `answer`: the last one.
    `minimal_results`: false for an older build. `discarded`: the numbers of what was of erased households.
    """

    phone: Phone
    made: dict[str, dict[str, Any]] = field(default_factory=dict)
    queue: list[dict[str, Any]] = field(default_factory=list)
    sent: dict[str, Acknowledged] = field(default_factory=dict)
    fixes: dict[str, dict[str, Any]] = field(default_factory=dict)
    refusals: dict[str, dict[str, Any]] = field(default_factory=dict)
    rows: dict[Key, dict[str, Any]] = field(default_factory=dict)
    filling: dict[Key, dict[str, Any]] | None = None
    answer: dict[str, Any] = field(default_factory=dict)
    minimal_results: bool = True
    discarded: set[int] = field(default_factory=set)

    def save(self, operation: dict[str, Any]) -> dict[str, Any]:
        """Add an operation to the queue, with the server's epoch in which it was made."""
        epoch = self.phone.state.get("epoch")
        operation |= {"epoch": epoch} if epoch else {}
        self.made[operation["op_id"]] = operation
        self.queue.append(operation)
        return operation

    def sync(self, most: int, answers_lost: int = 0) -> None:
        """One exchange with the first `most` operations of the queue, after `answers_lost` lost answers."""
        self.deliver(self.queue[:most], answers_lost)

    def deliver(self, operations: list[dict[str, Any]], answers_lost: int = 0) -> None:
        """The same with these operations of the queue."""
        operations, asked = list(operations), self.asked()
        for _ in range(answers_lost):
            assert self.phone.send(*operations, **asked).status_code == 200
        before = self.phone.state.get("epoch")
        answer = self.answer = self.phone.exchange(*operations, **asked)
        self._store_answer(answer)
        if before and before != answer["epoch"]:
            self._requeue(answer["epoch"])
        self._forget_erased(answer)
        self.phone.held = self.discarded | {one["seq"] for one in (*self.queue, *self.fixes.values())}

    def typed(self) -> list[dict[str, Any]]:
        """What a phone sends while it waits before it sends again what an earlier epoch acknowledged: the
        rest of the queue, with the operations before it on the same records and their households."""
        named: set[str] = set()
        found = []
        for operation in reversed(self.queue):
            data = operation["data"]
            if "acked_version" not in operation or data["id"] in named:
                named |= {data["id"], data.get("household_id", "")}
                found.append(operation)
        return found[::-1]

    def asked(self) -> dict[str, bool]:
        """How a request asks for less than everything."""
        return {"omit_result_rows": self.filling is None, "minimal_results": self.minimal_results}

    def drain(self) -> None:
        """Sync until the queue is empty and the replica complete; fails after 50 exchanges."""
        for _ in range(50):
            self.sync(200)
            if not self.queue and self.filling is None:
                return
        raise AssertionError(f"{len(self.queue)} operations never left the queue")

    def fresh_rows(self) -> dict[Key, dict[str, Any]]:
        """The replica that a new phone would have."""
        saved = self.phone.state, self.rows, self.filling
        self.phone.state, self.rows, self.filling = {}, {}, None
        self.drain()
        found = self.rows
        self.phone.state, self.rows, self.filling = saved
        return found

    def _store_answer(self, answer: dict[str, Any]) -> None:
        for result in answer["results"]:
            self._store_result(result, answer["epoch"])
        if answer.get("erase"):
            self.rows, self.filling = {}, None
            self.phone.state["scope"] = "erased"  # a phone that is allowed again starts with a reset
            return
        if answer["reset"]:
            self.filling = {}
        target = self.rows if self.filling is None else self.filling
        self._write(target, answer)
        if self.filling is not None and not answer["more"]:
            self.rows, self.filling = self.filling, None
        hamlets = {hamlet["id"] for hamlet in answer["hamlets"]}
        for key in [key for key, row in self.rows.items() if row.get("hamlet_id", "") not in {"", *hamlets}]:
            del self.rows[key]

    def _forget_erased(self, answer: dict[str, Any]) -> None:
        """As `static/field/retention/erasedHouseholds.ts` does after a run."""
        found = {one["id"] for one in answer["changes"]["tombstone"] if one["moved_to"] == "erased"}
        stored = [(operation, result) for operation, result, _epoch in self.sent.values()]
        found |= {household_of(operation) for operation, result in stored if result.get("code") == "erased"}
        found |= {one["data"]["id"] for one, _result in stored if household_of(one) in found}
        known = self.fixes | {op_id: operation for op_id, (operation, _result, _epoch) in self.sent.items()}
        for op_id, operation in known.items():
            if {household_of(operation), operation["data"]["id"]} & found:
                self.discarded.add(operation["seq"])
                self.sent.pop(op_id, None)
                self.fixes.pop(op_id, None)

    def _requeue(self, epoch: str) -> None:
        """Queue again what the server acknowledged in another epoch: a restore may have lost it."""
        for op_id, (operation, result, acked_epoch) in list(self.sent.items()):
            if acked_epoch != epoch:
                del self.sent[op_id]
                version = result.get("version", operation.get("acked_version"))
                self.queue.append(operation if version is None else operation | {"acked_version": version})
        self.queue.sort(key=lambda operation: int(operation["seq"]))

    def _store_result(self, result: dict[str, Any], epoch: str) -> None:
        operation = next((one for one in self.queue if one["op_id"] == result["op_id"]), None)
        if operation is None or result["status"] == "retry":
            return
        self.queue.remove(operation)
        if result["status"] == "rejected":
            self.fixes[operation["op_id"]] = operation
            self.refusals[operation["op_id"]] = result
        else:
            self.sent[operation["op_id"]] = (operation, result, epoch)
        if self.filling is None and (row := self._row_of(operation, result)):
            _keep_newer(self.rows, (result["kind"], row["id"]), row)

    def _row_of(self, operation: dict[str, Any], result: dict[str, Any]) -> Any:
        minimal = result.get("minimal_row")
        return recorded_row(operation, minimal, self.phone.account_id) if minimal else result.get("row")

    def _write(self, target: dict[Key, dict[str, Any]], answer: dict[str, Any]) -> None:
        for kind, found in answer["changes"].items():
            for row in found if kind != "tombstone" else ():
                _keep_newer(target, (kind, row.get("id") or row["code"]), row)
        for tombstone in answer["changes"]["tombstone"]:
            key = (tombstone["kind"], tombstone["id"])
            known = target.get(key)
            if (
                known
                and known["feed_seq"] < tombstone["feed_seq"]
                and known.get("hamlet_id") in (None, tombstone["hamlet_id"])
            ):
                del target[key]


def household_of(operation: dict[str, Any]) -> str:
    """The household that an operation is about; empty for a withdrawal."""
    name = "id" if operation["type"].startswith("household.") else "household_id"
    return str(operation["data"].get(name, ""))


def _keep_newer(rows: dict[Key, dict[str, Any]], key: Key, row: dict[str, Any]) -> None:
    if key not in rows or rows[key]["feed_seq"] < row["feed_seq"]:
        rows[key] = row
