"""The author of one operation: who wrote it, from which device, when, and where they may write."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.core.clock import local_date

# A phone that was off for longer cannot put visits into a past nobody can check any more.
OLDEST = timedelta(days=60)


@dataclass(frozen=True)
class Author:
    """`clock_offset` is receipt minus the phone's own time of sending."""

    account_id: str
    device_id: str
    seq: int
    occurred_at: datetime
    received_at: datetime
    clock_offset: timedelta
    hamlet_ids: frozenset[str]

    @property
    def happened_at(self) -> datetime:
        """When it happened by the server's clock, between 60 days before receipt and receipt."""
        corrected = self.occurred_at + self.clock_offset
        return min(max(corrected, self.received_at - OLDEST), self.received_at)

    @property
    def counted_on(self) -> date:
        """The day in Vietnam that every figure uses."""
        return local_date(self.happened_at)
