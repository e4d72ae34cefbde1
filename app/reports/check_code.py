"""The short code of a closed period's figures: printed on the Word draft, so that a copy can be checked."""

import hashlib
import json
from base64 import b32encode

from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.core.errors import NotFound
from app.fieldwork.periods.models import ClosedPeriod
from app.fieldwork.periods.queries import list_closed
from app.reports.query import closed_table
from app.reports.table import ReportTable

_CHECKED = 400  # of weeks, months, quarters and years those of five years
_BYTES = 5  # eight letters and digits: of a commune's closed periods no two have the same


def check_code(table: ReportTable) -> str:
    """*7K2M-9QXA*: a fingerprint of the days and figures. A period that is closed again with the same figures
    has the same code."""
    figures = [
        table.commune,
        table.period.first.isoformat(),
        table.period.last.isoformat(),
        [(column.code, column.heading) for column in table.columns],
        [(row.hamlet_id, row.cells) for row in table.rows],
    ]
    digest = hashlib.sha256(json.dumps(figures).encode()).digest()
    code = b32encode(digest[:_BYTES]).decode()
    return f"{code[:4]}-{code[4:]}"


def find_by_code(session: Session, actor: Actor, code: str) -> ClosedPeriod:
    """The closed period whose figures have this code, typed with or without hyphens and blanks, in any case;
    of the newest `_CHECKED`. Raises `NotFound`."""
    wanted = plain_code(code)
    for closed in list_closed(session, actor, limit=_CHECKED):
        if plain_code(check_code(closed_table(session, actor, closed))) == wanted:
            return closed
    raise NotFound


def plain_code(code: str) -> str:
    """The code without hyphens and blanks, in capitals."""
    return "".join(code.split()).replace("-", "").upper()
