"""Lan's phone without a browser: it sends visits while the desk is open."""

from datetime import datetime, timedelta
from typing import Any

from app.core.clock import VIETNAM, utc_now, wire_time
from tests.world import LAN

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


class LanPhone:
    """A signed-in device that records and amends visits."""

    def __init__(self, request: Any) -> None:
        self.request = request
        invite = {"invite": LAN[1], "phone": LAN[0], "name": "Máy của Lan"}
        self.phone = request.post("/api/v1/devices", data=invite, headers=SAME_SITE).json()
        self.seq = 0

    def record(self, *households: str, days_between: int = 0, **content: Any) -> None:
        """Record a visit at each household, in one exchange. Many of one day would be flagged."""
        first = self.seq + 1
        self._send(
            "visit.record",
            [self._visit(first + n, household) | content for n, household in enumerate(households)],
            days_between,
        )

    def amend(self, number: int, household: str) -> None:
        """Amend the visit that was the `number`th operation."""
        visit = self._visit(number, household) | {"note": "Sửa lại", "base_version": 1}
        self._send("visit.amend", [visit])

    def _visit(self, number: int, household: str) -> dict[str, Any]:
        return {
            "id": f"11111111-1111-4111-8111-{number:012}",
            "household_id": household,
            "result": "not_home",
        }

    def _send(self, kind: str, data: list[dict[str, Any]], days_between: int = 0) -> None:
        now = utc_now()
        ops = []
        for number, one in enumerate(data):
            at = _by_day(now - timedelta(days=number * days_between))
            self.seq += 1
            op = {"op_id": f"22222222-2222-4222-8222-{self.seq:012}", "seq": self.seq, "type": kind, "v": 1}
            ops.append(op | {"commune_id": self.phone["commune_id"], "at": wire_time(at), "data": one})
        queue: dict[str, Any] = {"count": len(ops), "oldest_at": None, "next_seq": self.seq + 1, "held": []}
        head = {"proto": 1, "build": "1.0.0", "device_id": self.phone["device_id"], "sent_at": wire_time(now)}
        body = head | {"queue": queue, "ops": ops}
        answer = self.request.post("/api/v1/sync", data=body, headers=SAME_SITE)
        assert {result["status"] for result in answer.json()["results"]} == {"applied"}


def _by_day(moment: datetime) -> datetime:
    """The moment, or seven hours earlier at night: three visits between 23:00 and 5:00 are flagged."""
    is_night = not 5 <= moment.astimezone(VIETNAM).hour < 23
    return moment - timedelta(hours=7) if is_night else moment
