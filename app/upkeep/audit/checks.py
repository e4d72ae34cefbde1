"""What `check` asks of the desk log."""

from collections.abc import Iterator

from sqlmodel import Session, select

from app.commune.areas import Commune
from app.commune.credentials.instance_people import NO_COMMUNE
from app.core.audit.chain import MARK_DIGITS, Head
from app.core.desk_log import DeskEntry
from app.upkeep.audit.decisions import decision_problems, is_wanted
from app.upkeep.audit.purge import purged_place
from app.upkeep.audit.verification import problems, read_chain
from app.upkeep.migrations import append_only

_MOST_DIGITS = 15  # of the number of an entry
_UNPROTECTED = "Nothing refuses to change the desk log: it has no triggers, and the role has the right to."
_PROTECTIONS = {
    "triggers": "triggers refuse changes",
    "rights": "the application's role has no right to change it",
}


def check_commune(session: Session, commune_id: str, anchor: Head | None) -> Iterator[str]:
    """A sentence for each problem of a commune's desk log, and for decisions that it contradicts. `anchor`:
    its newest entry in the log's file."""
    chain = read_chain(session, commune_id, anchor, is_wanted)
    yield from problems(session, commune_id, chain, anchor)
    yield from decision_problems(session, commune_id, chain)


def check_instance(session: Session, anchor: Head | None) -> list[str]:
    """The same of what operators did, and whether the database refuses to change entries."""
    chain = read_chain(session, NO_COMMUNE, anchor, is_wanted)
    sentences = problems(session, NO_COMMUNE, chain, anchor)
    found = [f"{sentence.removesuffix('.')} (of operators)." for sentence in sentences]
    if not append_only.protection(session.connection()):
        found.append(_UNPROTECTED)
    return found


def mark_problem(session: Session, code: str, mark: str) -> str:
    """Why a mark that was printed (*812 3f9a 77d0 4e21 90ab*) is not in the desk log of the commune with this
    official code; empty if it is."""
    number, _space, digits = mark.replace("·", " ").strip().partition(" ")
    digits = "".join(digits.split()).lower()
    if not number.isdecimal() or len(number) > _MOST_DIGITS or len(digits) < MARK_DIGITS:
        return "A mark is a number and 16 digits, as the report has it."
    commune_id = session.exec(select(Commune.id).where(Commune.code == code)).first() or ""
    is_entry = (DeskEntry.commune_id == commune_id, DeskEntry.seq == int(number))
    found = session.exec(select(DeskEntry.hash).where(*is_entry)).first()
    if found is None and int(number) <= (purged := purged_place(session, commune_id).seq):
        return f"The entries up to {purged} were purged, because they were old: {number} is compared no more."
    if found is None:
        return f"The desk log has no entry {number}: was it deleted, or lost in a restore (history.begun)?"
    return "" if found.startswith(digits) else f"The desk log has another entry {number}: it was changed."


def remarks(session: Session) -> list[str]:
    """What refuses to change entries."""
    remark = _PROTECTIONS.get(append_only.protection(session.connection()))
    return [remark] if remark else []
