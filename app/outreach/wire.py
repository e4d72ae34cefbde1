"""An outreach session as the wire has it."""

from typing_extensions import TypedDict  # pydantic makes no schema of the one in Python 3.11

from app.core.clock import wire_time
from app.outreach.models import OutreachSessionValues


class OutreachSessionRow(TypedDict):
    """An outreach session as phones store it; `people` null: nobody counted them."""

    id: str
    hamlet_id: str
    recorded_by: str
    place: str
    held_on: str
    counted_on: str
    services: list[str]
    people: int | None
    occurred_at: str
    received_at: str
    version: int
    feed_seq: int


def outreach_session_row(row: OutreachSessionValues) -> OutreachSessionRow:
    """A row of `outreach_session`, whoever reads it."""
    return {
        "id": row["id"],
        "hamlet_id": row["hamlet_id"],
        "recorded_by": row["recorded_by"],
        "place": row["place"],
        "held_on": row["held_on"].isoformat(),
        "counted_on": row["counted_on"].isoformat(),
        "services": row["services"],
        "people": row["people"],
        "occurred_at": wire_time(row["occurred_at"]),
        "received_at": wire_time(row["received_at"]),
        "version": row["version"],
        "feed_seq": row["feed_seq"],
    }
