"""An older version of `visit.record` that no build ever wrote, to exercise the upcasts.

Version 2 calls the note `comment`; the newest is version 3, with the data of today.
"""

from dataclasses import replace
from typing import Any

import pytest

from app.sync.applying.operations import HANDLERS
from app.sync.wire.upcasts import UPCASTS

TYPE = "visit.record"


def install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make today's `visit.record` its version 3, and the one before call its note `comment`."""
    monkeypatch.setitem(HANDLERS, TYPE, replace(HANDLERS[TYPE], v=3))
    monkeypatch.setitem(UPCASTS, (TYPE, 2), _comment_to_note)


def _comment_to_note(data: dict[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in data.items() if name != "comment"}
    return rest | {"note": data.get("comment")}
