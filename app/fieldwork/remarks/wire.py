"""A remark as the wire has it."""

from typing import NotRequired

from typing_extensions import TypedDict  # pydantic makes no schema of the one in Python 3.11

from app.core.clock import wire_time
from app.fieldwork.remarks.models import RemarkKind, RemarkValues


class RemarkRow(TypedDict):
    """A remark as the phones of its author store it; `counted_since`: as of a `VisitRow`."""

    id: str
    kind: RemarkKind
    text: str
    about_on: str
    counted_on: str
    occurred_at: str
    received_at: str
    counted_since: NotRequired[str]
    version: int
    feed_seq: int


def remark_row(row: RemarkValues) -> RemarkRow:
    """A row of `remark`, for its author."""
    wire: RemarkRow = {
        "id": row["id"],
        "kind": row["kind"],
        "text": row["text"],
        "about_on": row["about_on"].isoformat(),
        "counted_on": row["counted_on"].isoformat(),
        "occurred_at": wire_time(row["occurred_at"]),
        "received_at": wire_time(row["received_at"]),
        "version": row["version"],
        "feed_seq": row["feed_seq"],
    }
    if row["counted_since"] != row["received_at"]:
        wire["counted_since"] = wire_time(row["counted_since"])
    return wire
