"""The rows of a list of first supervisors, in the hidden field of the form that confirms them."""

import json
from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from app.intake.supervisor_import.records import MAX_COMMUNES, ListedSupervisor

_Cell = Annotated[str, Field(max_length=1_000)]
_Row = tuple[_Cell, Annotated[int, Field(ge=0, le=10_000_000)], _Cell, _Cell, _Cell, _Cell]
_ROWS = TypeAdapter(Annotated[list[_Row], Field(min_length=1, max_length=MAX_COMMUNES)])


def write_rows(rows: Sequence[ListedSupervisor]) -> str:
    """The rows for the hidden field; empty without any."""
    return json.dumps(rows, ensure_ascii=False) if rows else ""


def read_rows(text: str) -> list[ListedSupervisor] | None:
    """The rows of the hidden field; None if it has been changed into anything else."""
    try:
        return [ListedSupervisor(*row) for row in _ROWS.validate_json(text)]
    except ValidationError:
        return None
