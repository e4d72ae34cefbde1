"""What `check` asks of the desk log."""

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session, select

from app.commune.areas import Commune
from app.commune.credentials.instance_people import NO_COMMUNE
from app.core.audit.chain import MARK_DIGITS
from app.core.clock import utc_now, wire_time
from app.core.desk_log import DeskEntry, DeskLog
from app.core.personal_data.codes import Term
from app.upkeep.audit.decisions import decision_problems, is_wanted
from app.upkeep.audit.file_index import lines_at
from app.upkeep.audit.purge import purged_place
from app.upkeep.audit.verification import Known, problems, read_chain
from app.upkeep.migrations import append_only

_MOST_DIGITS = 15  # of the number of an entry
_UNPROTECTED = "Nothing refuses to change the desk log: it has no triggers, and the role has the right to."
_PROTECTIONS = {
    "triggers": "triggers refuse changes",
    "rights": "the application's role has no right to change it",
}


REWRITTEN = "log.rewritten"
"""The entry of operators that the file was written anew from the database. `lines`: how many; `replaced`: the
SHA-256 of the file before, which stays beside it; empty if there was none."""


def check_commune(session: Session, commune_id: str, known: Known, now: datetime) -> Iterator[str]:
    """A sentence for each problem of a commune's desk log, and for decisions that it contradicts."""
    chain = read_chain(session, commune_id, known, is_wanted)
    yield from problems(session, commune_id, chain, known, now)
    yield from decision_problems(session, commune_id, chain)


def check_instance(session: Session, known: Known, now: datetime) -> list[str]:
    """The same of what operators did, and whether the database refuses to change entries."""
    chain = read_chain(session, NO_COMMUNE, known, is_wanted)
    sentences = problems(session, NO_COMMUNE, chain, known, now)
    found = [f"{sentence.removesuffix('.')} (of operators)." for sentence in sentences]
    if not append_only.protection(session.connection()):
        found.append(_UNPROTECTED)
    return found


def rewritten_at(session: Session) -> str:
    """When the file was last written anew from the database; empty if it never was."""
    of_operators = session.exec(select(DeskEntry).where(DeskEntry.commune_id == NO_COMMUNE))
    return max(
        (str(row.entry["at"]) for row in of_operators if row.entry.get("what") == REWRITTEN), default=""
    )


def mark_problem(session: Session, code: str, mark: str, log: DeskLog | None = None) -> str:
    """Why a mark that was printed (*812 3f9a 77d0 4e21 90ab*) is not in the desk log of the commune with this
    official code; empty if it is. `log`: the file, which says how old an entry is that was purged."""
    number, _space, digits = mark.replace("·", " ").strip().partition(" ")
    digits = "".join(digits.split()).lower()
    if not number.isdecimal() or len(number) > _MOST_DIGITS or len(digits) < MARK_DIGITS:
        return "A mark is a number and 16 digits, as the report has it."
    commune_id = session.exec(select(Commune.id).where(Commune.code == code)).first() or ""
    is_entry = (DeskEntry.commune_id == commune_id, DeskEntry.seq == int(number))
    found = session.exec(select(DeskEntry.hash).where(*is_entry)).first()
    if found is None and int(number) <= (purged := purged_place(session, commune_id).seq):
        return _purged_mark(
            int(number), purged, lines_at(log, commune_id, int(number)) if log else [], digits
        )
    if found is None:
        return f"The desk log has no entry {number}: was it deleted, or lost in a restore (history.begun)?"
    return "" if found.startswith(digits) else f"The desk log has another entry {number}: it was changed."


def _purged_mark(number: int, purged: int, lines: list[tuple[str, str]], digits: str) -> str:
    """What is said of a printed entry that is gone: its line in the file says whether it was old."""
    deleted = f"The entries up to {purged} are gone"
    if not lines:
        return f"{deleted}, and the desk log's file has no line {number}: nobody can say how old it was."
    if not any(hash.startswith(digits) for _at, hash in lines):
        return f"{deleted}, and the desk log's file has another entry {number}: it was changed."
    at = min(at for at, _hash in lines)
    if at >= wire_time(Term.LOG.before(utc_now())):
        return f"{deleted}, and {number} was made at {at}: it was deleted although it was not old."
    return f"{deleted}: {number} was purged, because it was old ({at})."


def remarks(session: Session) -> list[str]:
    """What refuses to change entries."""
    remark = _PROTECTIONS.get(append_only.protection(session.connection()))
    return [remark] if remark else []
