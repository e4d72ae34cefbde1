"""A phone for histories: it queues, sends, loses answers, keeps a copy of the list, as the protocol says."""

from dataclasses import dataclass, field
from typing import Any

from tests.sync.phone import Phone

Key = tuple[str, str]
Acknowledged = tuple[dict[str, Any], dict[str, Any], str]  # the operation, its result, the server's history


@dataclass
class Queueing:
    """`made` = `sent` ∪ `queue` ∪ `fixes`, by op_id, at every moment; `rows` is its copy of the list."""

    phone: Phone
    made: dict[str, dict[str, Any]] = field(default_factory=dict)
    queue: list[dict[str, Any]] = field(default_factory=list)
    sent: dict[str, Acknowledged] = field(default_factory=dict)
    fixes: dict[str, dict[str, Any]] = field(default_factory=dict)
    rows: dict[Key, dict[str, Any]] = field(default_factory=dict)
    filling: dict[Key, dict[str, Any]] | None = None
    answer: dict[str, Any] = field(default_factory=dict)  # the last one

    def save(self, operation: dict[str, Any]) -> dict[str, Any]:
        """Into the queue, named by the history of the server it was made in."""
        epoch = self.phone.state.get("epoch")
        operation |= {"epoch": epoch} if epoch else {}
        self.made[operation["op_id"]] = operation
        self.queue.append(operation)
        return operation

    def sync(self, most: int, answers_lost: int = 0) -> None:
        """One exchange with the first `most` of the queue; so many answers are lost on the way before."""
        self.deliver(self.queue[:most], answers_lost)

    def deliver(self, operations: list[dict[str, Any]], answers_lost: int = 0) -> None:
        """The same with these of the queue."""
        operations, once = list(operations), self.filling is None
        for _ in range(answers_lost):
            assert self.phone.send(*operations, once=once).status_code == 200
        before = self.phone.state.get("epoch")
        answer = self.answer = self.phone.exchange(*operations, once=once)
        self._take(answer)
        if before and before != answer["epoch"]:
            self._heal(answer["epoch"])
        self.phone.held = {one["seq"] for one in (*self.queue, *self.fixes.values())}

    def drain(self) -> None:
        """Until all is sent and the list is whole; a queue that stands still fails."""
        for _ in range(50):
            self.sync(200)
            if not self.queue and self.filling is None:
                return
        raise AssertionError(f"{len(self.queue)} operations never left the queue")

    def fresh_rows(self) -> dict[Key, dict[str, Any]]:
        """The list as a new phone would be given it."""
        kept = self.phone.state, self.rows, self.filling
        self.phone.state, self.rows, self.filling = {}, {}, None
        self.drain()
        found = self.rows
        self.phone.state, self.rows, self.filling = kept
        return found

    def _take(self, answer: dict[str, Any]) -> None:
        for result in answer["results"]:
            self._settle(result, answer["epoch"])
        if answer.get("erase"):
            self.rows, self.filling = {}, None
            self.phone.state["scope"] = "erased"  # so that it is given a new list if it may be used again
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

    def _heal(self, epoch: str) -> None:
        """The server tells another history: it may have forgotten what it acknowledged in an earlier one."""
        for op_id, (operation, result, acked_epoch) in list(self.sent.items()):
            if acked_epoch != epoch:
                del self.sent[op_id]
                version = result.get("version", operation.get("got"))
                self.queue.append(operation if version is None else operation | {"got": version})
        self.queue.sort(key=lambda operation: int(operation["seq"]))

    def _settle(self, result: dict[str, Any], epoch: str) -> None:
        operation = next((one for one in self.queue if one["op_id"] == result["op_id"]), None)
        if operation is None or result["status"] == "retry":
            return
        self.queue.remove(operation)
        if result["status"] == "rejected":
            self.fixes[operation["op_id"]] = operation
        else:
            self.sent[operation["op_id"]] = (operation, result, epoch)
        if self.filling is None and (row := result.get("row")):
            _keep_newer(self.rows, (result["kind"], row["id"]), row)

    def _write(self, target: dict[Key, dict[str, Any]], answer: dict[str, Any]) -> None:
        for kind, found in answer["changes"].items():
            for row in found if kind != "gone" else ():
                _keep_newer(target, (kind, row.get("id") or row["code"]), row)
        for gone in answer["changes"]["gone"]:
            key = (gone["kind"], gone["id"])
            known = target.get(key)
            if (
                known
                and known["feed_seq"] < gone["feed_seq"]
                and known.get("hamlet_id") in (None, gone["hamlet_id"])
            ):
                del target[key]


def _keep_newer(rows: dict[Key, dict[str, Any]], key: Key, row: dict[str, Any]) -> None:
    if key not in rows or rows[key]["feed_seq"] < row["feed_seq"]:
        rows[key] = row
