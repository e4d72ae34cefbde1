"""The author of one operation: who wrote it, from which device, when, and where they may write."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.core.clock import local_date

# A phone that was off for longer cannot put visits into a past nobody can check any more.
OLDEST = timedelta(days=60)


@dataclass(frozen=True)
class Author:
    """`clock_offset` is receipt minus the phone's own time of sending.

    `devices`: all that its phone has been; a phone that signs in anew after it was revoked is another device
    and goes on counting. `floor`: versions of this history are above it. `had`: the version that this very
    write had in a history that a restore has undone; 0 for one that is new. `is_choice`: somebody saw what
    there is and chose this write over it; nothing was later.
    """

    account_id: str
    device_id: str
    seq: int
    occurred_at: datetime
    received_at: datetime
    clock_offset: timedelta
    hamlet_ids: frozenset[str]
    devices: frozenset[str] = frozenset()
    floor: int = 0
    had: int = 0
    is_choice: bool = False

    @property
    def happened_at(self) -> datetime:
        """When it happened by the server's clock, between 60 days before receipt and receipt."""
        corrected = self.occurred_at + self.clock_offset
        return min(max(corrected, self.received_at - OLDEST), self.received_at)

    @property
    def counted_on(self) -> date:
        """The day in Vietnam that every figure uses."""
        return local_date(self.happened_at)

    def next_version(self, version: int) -> int:
        """The number of a write upon `version`: one that comes again takes the number it had."""
        return self.had if self.had > version else max(version, self.floor) + 1

    def is_own(self, device_id: str | None) -> bool:
        """Whether a write of this device came from the author's own phone."""
        return device_id == self.device_id or device_id in self.devices

    def is_before(self, device_id: str | None, seq: int, version: int) -> bool:
        """Whether another write, which made `version`, was later than this one: by its number if it is the
        same phone's, else by the version this one had before a restore."""
        if self.is_choice:
            return False
        return self.seq < seq if self.is_own(device_id) else 0 < self.had < version
