"""Upcasts: how the data of an older build's operation reads in the newest version, step by step.

Pure functions, none removed within 24 months: a phone may have waited that long. Each step has a golden
file in `tests/sync/golden`. The payload hash is taken before, so a repeat is known whatever build sends it.
"""

from collections.abc import Callable
from typing import Any

from app.core.errors import VersionUnknown
from app.sync.protocol import Operation

Data = dict[str, Any]


def _visit_before_quick_marks(data: Data) -> Data:
    """Version 1 did not say whether a visit was recorded by one tap."""
    return {"quick": False, **data}


# By type and the version that is read; each leads to the next version.
UPCASTS: dict[tuple[str, int], Callable[[Data], Data]] = {
    ("visit.record", 1): _visit_before_quick_marks,
}


def upcast(operation: Operation, newest: int) -> Operation:
    """The operation with its data in version `newest`. Raises `VersionUnknown`."""
    data = operation.data
    for version in range(operation.v, newest):
        step = UPCASTS.get((operation.type, version))
        if step is None:
            raise VersionUnknown("v")
        data = step(data)
    if operation.v > newest:
        raise VersionUnknown("v")
    operation.data, operation.v = data, newest
    return operation
