"""The author of one operation: who wrote it, from which device, when, and where they may write."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TypedDict

from typing_extensions import ReadOnly

from app.core.clock import local_date

# Earlier visits count as made this long before receipt: nobody could check the figures of an older past.
MAX_AGE = timedelta(days=60)


class WriteValues(TypedDict):
    """The columns of a record or of one of its versions that say which write made it."""

    device_id: ReadOnly[str | None]
    seq: ReadOnly[int]
    version: ReadOnly[int]


class RecordWrite(WriteValues):
    """Those of a record, which has the content of its newest write unless it is withdrawn."""

    withdrawn_at: ReadOnly[datetime | None]


class VersionWrite(WriteValues):
    """Those of a version; a `late` one came too late to be applied."""

    late: ReadOnly[bool]


def corrected_time(
    occurred_at: datetime, offset: timedelta, received_at: datetime, max_age: timedelta
) -> datetime:
    """A phone's claim `occurred_at` by the server's clock, between `max_age` before receipt and receipt."""
    return min(max(occurred_at + offset, received_at - max_age), received_at)


@dataclass(frozen=True)
class Author:
    """Who made one write, on which device and when.

    `applied_at`: later than `received_at` for what was quarantined meanwhile. `clock_offset`: time of receipt
    minus the phone's time of sending. `hamlet_ids`: hamlets in which the
    author could write at that time. `devices`: every device id of the same phone; after a revocation a phone
    signs in as another device and continues its numbering. `version_floor`: all versions of this epoch are
    above it. `acked_version`: the version that this write had in an epoch that a restore has ended, 0 for a
    new write. `is_choice`: a supervisor saw the current value and chose this write, so no other write is
    later. `is_leader`: the author leads a team. `entered_by`: the supervisor who writes for the author what
    is on paper. `names_erased`: the household that it adds has the label of an erased one.
    `merged_hamlets`: for each hamlet in `hamlet_ids` that was merged, the one that has its
    households.
    """

    account_id: str
    device_id: str
    seq: int
    occurred_at: datetime
    received_at: datetime
    applied_at: datetime
    clock_offset: timedelta
    hamlet_ids: frozenset[str]
    devices: frozenset[str] = frozenset()
    version_floor: int = 0
    acked_version: int = 0
    is_choice: bool = False
    is_leader: bool = False
    entered_by: str | None = None
    names_erased: bool = False
    merged_hamlets: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def happened_at(self) -> datetime:
        """When it happened by the server's clock, at most `MAX_AGE` before receipt."""
        return corrected_time(self.occurred_at, self.clock_offset, self.received_at, MAX_AGE)

    @cached_property
    def counted_on(self) -> date:
        """The day in Vietnam that every figure uses."""
        return local_date(self.happened_at)

    def with_valid_acked_version(self, writes: Iterable[WriteValues]) -> "Author":
        """The author of a write to a record that has had `writes`: without `acked_version` if the write of
        another phone has that version, which then was not this write's."""
        is_of_another = any(
            write["version"] == self.acked_version and not self.is_own(write["device_id"]) for write in writes
        )
        return replace(self, acked_version=0) if is_of_another else self

    def late_write(self, record: RecordWrite, versions: Sequence[VersionWrite]) -> WriteValues | None:
        """This write as a late version of `record`, which is withdrawn or has a later write in `versions` or
        itself. None: this one is the newest, and its content becomes the record's.

        Other phones' late versions do not count: they were never its content.
        """
        applied = [one for one in versions if self.is_own(one["device_id"]) or not one["late"]]
        newest: list[WriteValues] = [record, *applied]
        if record["withdrawn_at"] is None and not any(self.is_older_than(one) for one in newest):
            return None
        version = self.acked_version or self.superseding_version([record, *versions]) or record["version"]
        return {"device_id": self.device_id, "seq": self.seq, "version": version}

    def superseding_version(self, writes: Iterable[WriteValues]) -> int:
        """The lowest version among the later writes of the author's phone; 0 if there are none.

        A write that arrives after them gets this version, so that its place among the writes of other phones
        does not depend on when it arrived.
        """
        own = [write for write in writes if self.is_own(write["device_id"])]
        return min((write["version"] for write in own if write["seq"] > self.seq), default=0)

    def next_version(self, version: int) -> int:
        """The version that a write to a record of `version` gets. A write that is sent again after a restore
        gets the one it had, unless the record's is higher by now."""
        if self.acked_version:
            return max(self.acked_version, version)
        return max(version, self.version_floor) + 1

    def is_own(self, device_id: str | None) -> bool:
        """Whether a write of this device came from the author's own phone."""
        return device_id == self.device_id or device_id in self.devices

    def is_older_than(self, write: WriteValues) -> bool:
        """Whether `write` is later than this one: by sequence number if the same phone made both, else by the
        version that this one had before a restore."""
        if self.is_choice:
            return False
        if self.is_own(write["device_id"]):
            return self.seq < write["seq"]
        return 0 < self.acked_version < write["version"]
