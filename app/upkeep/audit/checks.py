"""What `check` asks of the desk log."""

from collections.abc import Iterator

from sqlmodel import Session

from app.commune.credentials.instance_people import NO_COMMUNE
from app.core.audit.chain import Head
from app.upkeep.audit.decisions import decision_problems, is_wanted
from app.upkeep.audit.verification import problems, read_chain
from app.upkeep.migrations import append_only

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
        found.append("Nothing refuses to change the desk log: its triggers are missing.")
    return found


def remarks(session: Session) -> list[str]:
    """What refuses to change entries."""
    remark = _PROTECTIONS.get(append_only.protection(session.connection()))
    return [remark] if remark else []
