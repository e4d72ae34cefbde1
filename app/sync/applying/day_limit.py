"""How much one phone may add of one day: what exceeds it is quarantined as `too_many`.

A person records thirty visits a day, a quick one a hundred; a script records thousands in seconds. The day is
that of the record and not of the receipt: sixty honest days may arrive at once.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from app.commune.accounts.access import MAX_DELAY
from app.commune.accounts.author import corrected_time
from app.commune.accounts.models import DeviceValues
from app.core.clock import local_date
from app.sync.wire.protocol import Operation, OperationResult, OperationStatus

MAX_OF_DAY = {"visit.record": 600, "household.add": 300}
_COUNTED_AS = {"request.record": "visit.record"}  # a citizen asks where somebody visits
TOO_MANY: Final = "too_many"  # the reason
_TYPES = tuple(MAX_OF_DAY)
_STORED: tuple[OperationStatus, ...] = ("applied", "quarantined", "conflict")
Key = tuple[str, str]  # day, type


@dataclass
class DayLimit:
    """What a device has added by recorded day, and what this push adds. `admitted`: by operation id."""

    received_at: datetime
    clock_offset: timedelta
    known: Counter[Key]
    admitted: dict[str, Key] = field(default_factory=dict)

    def admits(self, operation: Operation) -> bool:
        """Whether the operation is within the limit of its day. Asked again, it says the same."""
        type = _COUNTED_AS.get(operation.type, operation.type)
        if type not in MAX_OF_DAY or operation.op_id in self.admitted:
            return True
        moment = corrected_time(operation.at, self.clock_offset, self.received_at, MAX_DELAY)
        key = (local_date(moment).isoformat(), type)
        if self.known[key] >= MAX_OF_DAY[type]:
            return False
        self.known[key] += 1
        self.admitted[operation.op_id] = key
        return True

    def release(self, operation: Operation) -> None:
        """The operation was rejected: it uses nothing up."""
        key = self.admitted.pop(operation.op_id, None)
        if key:
            self.known[key] -= 1


def day_limit(device: DeviceValues, received_at: datetime, clock_offset: timedelta) -> DayLimit:
    """The limit of a push from the device."""
    days: dict[str, list[int]] = device["recorded_days"]
    known = Counter(
        {
            (day, type): count
            for day, counts in days.items()
            for type, count in zip(_TYPES, counts, strict=True)
        }
    )
    return DayLimit(received_at, clock_offset, known)


def store_days(device: DeviceValues, limit: DayLimit, results: dict[str, OperationResult]) -> None:
    """Enter what was stored in the device's row, which forgets days that no operation can be of any more."""
    if any(result.get("code") == TOO_MANY for result in results.values()):
        device["too_many_at"] = limit.received_at
    stored = [key for op_id, key in limit.admitted.items() if results[op_id]["status"] in _STORED]
    if stored:
        first = local_date(limit.received_at - MAX_DELAY).isoformat()
        days = {day: [*counts] for day, counts in device["recorded_days"].items() if day >= first}
        for day, type in stored:
            days.setdefault(day, [0] * len(_TYPES))[_TYPES.index(type)] += 1
        device["recorded_days"] = days
