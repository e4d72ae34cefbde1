"""The author of one operation: who wrote it, from which device, when, and where they may write."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from app.core.batch import Row
from app.core.clock import local_date

# A phone that was off for longer cannot put visits into a past nobody can check any more.
OLDEST = timedelta(days=60)


def by_servers_clock(
    occurred_at: datetime, offset: timedelta, received_at: datetime, oldest: timedelta
) -> datetime:
    """When something happened that a phone says happened at `occurred_at`: between `oldest` before receipt
    and receipt."""
    return min(max(occurred_at + offset, received_at - oldest), received_at)


@dataclass(frozen=True)
class Author:
    """`clock_offset` is receipt minus the phone's own time of sending.

    `hamlet_ids`: where they may write what was recorded then. `devices`: all that its phone has been; a phone
    that signs in anew after it was revoked is another device and goes on counting. `floor`: versions of this
    history are above it. `had`: the version that this very write had in a history that a restore has undone;
    0 for one that is new. `is_choice`: somebody saw what there is and chose this write over it; nothing was
    later.
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
        return by_servers_clock(self.occurred_at, self.clock_offset, self.received_at, OLDEST)

    @property
    def counted_on(self) -> date:
        """The day in Vietnam that every figure uses."""
        return local_date(self.happened_at)

    def upon(self, versions: Iterable[Row]) -> "Author":
        """The author of a write to a record that has had these versions: a number that another phone's write
        has is not the one that this write had."""
        taken = any(one["version"] == self.had and not self.is_own(one["device_id"]) for one in versions)
        return replace(self, had=0) if taken else self

    def newer_number(self, versions: Iterable[Row]) -> int:
        """The lowest number of a later write of the author's phone; 0 if there is none.

        It is the number of a write that came after them, too: in the order of two phones' writes it stands
        where the one stands that it gave way to, whenever it arrived.
        """
        own = [one for one in versions if self.is_own(one["device_id"])]
        return min((one["version"] for one in own if one["seq"] > self.seq), default=0)

    def next_version(self, version: int) -> int:
        """The number of a write upon `version`: one that comes again takes the number it had."""
        return max(self.had, version) if self.had else max(version, self.floor) + 1

    def is_own(self, device_id: str | None) -> bool:
        """Whether a write of this device came from the author's own phone."""
        return device_id == self.device_id or device_id in self.devices

    def is_before(self, device_id: str | None, seq: int, version: int) -> bool:
        """Whether another write, which made `version`, was later than this one: by its number if it is the
        same phone's, else by the version this one had before a restore."""
        if self.is_choice:
            return False
        return self.seq < seq if self.is_own(device_id) else 0 < self.had < version
