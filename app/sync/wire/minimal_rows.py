"""Minimal results: for a visit that is stored as it was sent, the answer has only what the server added.

The row that the phone will make is made here too, and compared: where the stored one differs, it comes whole.
"""

from typing import cast

from app.core.types import JsonObject
from app.sync.wire.protocol import Data, MinimalVisitRow, OperationResult, ReviewRow, VisitRow

_UNREVIEWED: ReviewRow = {"state": "received", "reason": "", "field": "", "note": "", "at": None}


def minimal_results(
    ops: list[Data], results: list[OperationResult], account_id: str
) -> list[OperationResult]:
    """The results of these operations, for the phone of the account that sent them."""
    return [_minimal(op, result, account_id) for op, result in zip(ops, results, strict=True)]


def recorded_row(op: JsonObject, row: MinimalVisitRow, account_id: str) -> VisitRow:
    """The whole row, of a `visit.record` of this account and the minimal row of its result.

    The phone makes the same (`recordedRow` in `static/field/sync/results.ts`).
    """
    data = op["data"]
    whole: VisitRow = {
        "id": data["id"],
        "household_id": data["household_id"],
        "hamlet_id": row["hamlet_id"],
        "recorded_by": account_id,
        "occurred_at": op["at"],
        "received_at": row["received_at"],
        "counted_on": row["counted_on"],
        "result": data["result"],
        "services": data.get("services") or [],
        "note": data.get("note") or "",
        "follow_up_on": data.get("follow_up_on"),
        "version": 1,
        "review": _UNREVIEWED,
        "feed_seq": row["feed_seq"],
    }
    if data.get("needs"):
        whole["needs"] = data["needs"]
    if data.get("dropped_needs"):
        whole["dropped_needs"] = data["dropped_needs"]
    return whole


def _minimal(op: Data, result: OperationResult, account_id: str) -> OperationResult:
    if result["status"] != "applied" or op["type"] != "visit.record" or "row" not in result:
        return result
    row = cast(VisitRow, result["row"])
    minimal: MinimalVisitRow = {
        "hamlet_id": row["hamlet_id"],
        "received_at": row["received_at"],
        "counted_on": row["counted_on"],
        "feed_seq": row["feed_seq"],
    }
    if recorded_row(op, minimal, account_id) != row:
        return result
    others = cast(OperationResult, {name: value for name, value in result.items() if name != "row"})
    return {**others, "minimal_row": minimal}
