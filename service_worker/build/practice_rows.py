"""Prints the catalog and the guides with which a phone practises (static/field/boot/practice.ts).

They are those of a commune that begins, as an exchange brings them. The build runs this in a process of its
own, and only if they have changed: it imports much of the app.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from app.commune.catalog.services import default_services
from app.commune.guides.library import library, new_guide
from app.commune.guides.wire import guide_row
from app.sync.wire.rows import service


def practice_module() -> str:
    """The JavaScript module with `SERVICES` and `GUIDES`."""
    services = [service(row) for row in _numbered(default_services(""))]
    copies = _numbered([new_guide("", code) for code in library()])
    guides = [guide_row(row, library()[row["code"]].place) for row in copies]
    return f"export const SERVICES = {_text(services)};\nexport const GUIDES = {_text(guides)};\n"


def _numbered(rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [{**row.model_dump(), "feed_seq": number} for number, row in enumerate(rows, start=1)]


def _text(rows: object) -> str:
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    print(practice_module(), end="")
