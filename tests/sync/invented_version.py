"""An older version of `visit.record` that no build ever wrote, to exercise the upcasts.

Version 1 calls the note `comment`; the newest is version 2, with the data of today.
"""

from dataclasses import replace
from typing import Any

import pytest

from app.sync.operations import HANDLERS
from app.sync.upcasts import UPCASTS

TYPE = "visit.record"


def install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make today's `visit.record` its version 2, and add the upcast from version 1."""
    monkeypatch.setitem(HANDLERS, TYPE, replace(HANDLERS[TYPE], v=2))
    monkeypatch.setitem(UPCASTS, (TYPE, 1), _comment_to_note)


def _comment_to_note(data: dict[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in data.items() if name != "comment"}
    return rest | {"note": data.get("comment")}
