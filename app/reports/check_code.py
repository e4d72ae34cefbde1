"""The short code of a closed period's figures: printed on its papers, so that a copy can be checked."""

import hashlib
import json
from base64 import b32encode

from sqlmodel import Session, col, select

from app.commune.accounts.access import Actor, visible_to
from app.core.errors import NotFound
from app.fieldwork.periods.models import ClosedPeriod
from app.reports.table import ReportTable

_BYTES = 5
LENGTH = 8  # letters and digits of `_BYTES`: of a commune's closed periods no two have the same
# Base32 has no 0, 1 and 8: whoever types one has read the letter.
_LOOKALIKES = str.maketrans("018", "OIB")


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


def printed_code(commune_code: str, code: str) -> str:
    """*06391-7K2M-9QXA*: the commune's official code, then the code of the figures."""
    return f"{commune_code}-{code}"


def split_code(typed: str) -> tuple[str, str]:
    """The commune's official code, empty if it was left out, and the code of the figures as it is stored;
    from what was typed, with or without hyphens and blanks, in any case."""
    plain = plain_code(typed)
    return plain[:-LENGTH], plain[-LENGTH:].translate(_LOOKALIKES)


def find_by_code(session: Session, actor: Actor, typed: str) -> ClosedPeriod:
    """The closed period of the actor's commune whose figures have this code; the commune's part may be left
    out. Raises `NotFound`."""
    with_code = visible_to(actor, ClosedPeriod).where(ClosedPeriod.check_code == split_code(typed)[1])
    closed = session.exec(with_code.where(col(ClosedPeriod.reopened_at).is_(None))).first()
    if closed is None:
        raise NotFound
    return closed


def find_closings(session: Session, commune_id: str, code: str) -> list[ClosedPeriod]:
    """Every closing of a commune with this code of figures, the newest first; also those reopened since."""
    of_commune = select(ClosedPeriod).where(
        ClosedPeriod.commune_id == commune_id, ClosedPeriod.check_code == code
    )
    return list(session.exec(of_commune.order_by(col(ClosedPeriod.closed_at).desc())))


def plain_code(code: str) -> str:
    """The letters and digits of the code, in capitals."""
    return "".join(letter for letter in code.upper() if letter.isascii() and letter.isalnum())
