"""An outreach session as the wire has it."""

from typing import NotRequired

from typing_extensions import TypedDict  # pydantic makes no schema of the one in Python 3.11

from app.core.clock import wire_time
from app.fieldwork.outreach.models import OutreachSessionValues, Venue


class OutreachSessionRow(TypedDict):
    """An outreach session as phones store it; `people` null: nobody counted them; `venue`: left out until
    somebody has said it; `counted_since`: as of a `VisitRow`."""

    id: str
    hamlet_id: str
    recorded_by: str
    place: str
    held_on: str
    counted_on: str
    services: list[str]
    people: int | None
    venue: NotRequired[Venue]
    occurred_at: str
    received_at: str
    counted_since: NotRequired[str]
    version: int
    feed_seq: int


def outreach_session_row(row: OutreachSessionValues) -> OutreachSessionRow:
    """A row of `outreach_session`, whoever reads it."""
    wire: OutreachSessionRow = {
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
    if row["venue"]:
        wire["venue"] = row["venue"]
    if row["counted_since"] != row["received_at"]:
        wire["counted_since"] = wire_time(row["counted_since"])
    return wire
