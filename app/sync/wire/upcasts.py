"""Upcasts: read the data of an older build's operation as the newest version, one version at a time.

An upcast is a pure function and stays for 24 months, because a phone may be offline for that long. Each one
has a golden file in `tests/sync/golden`. The payload hash is that of the data before any upcast.
"""

from collections.abc import Callable

from app.core.errors import VersionUnknown
from app.sync.wire.protocol import Data, Operation


class VersionNewer(VersionUnknown):
    """A newer build wrote the data than this server knows: a release after it can read them."""


Upcast = Callable[[Data], Data]


def _unchanged(data: Data) -> Data:
    """Version 2 of a visit can have the result `refused`, version 3 of its amendment an answer, version 3 of
    a household's amendment what it has said of itself, version 2 of a session its venue; what the ones before
    say means the same."""
    return data


def _without_tick(data: Data) -> Data:
    """In version 1 of a household its author ticked that the family agreed, which shows nothing: its number
    was left out before. An empty number withdraws in both versions."""
    return {name: value for name, value in data.items() if name != "phone_consent"}


# By type and the version to read; each function returns the data of the next version.
UPCASTS: dict[tuple[str, int], Upcast] = {
    ("household.add", 1): _without_tick,
    ("household.amend", 1): _without_tick,
    ("household.amend", 2): _unchanged,
    ("visit.record", 1): _unchanged,
    ("visit.amend", 1): _unchanged,
    ("visit.amend", 2): _unchanged,
    ("outreach.record", 1): _unchanged,
    ("outreach.amend", 1): _unchanged,
}


def upcast(operation: Operation, newest: int) -> Operation:
    """The operation, changed in place, with its data in version `newest`. Raises `VersionUnknown`."""
    if operation.v > newest:
        raise VersionNewer("v")
    data = operation.data
    for version in range(operation.v, newest):
        step = UPCASTS.get((operation.type, version))
        if step is None:
            raise VersionUnknown("v")
        data = step(data)
    operation.data, operation.v = data, newest
    return operation
