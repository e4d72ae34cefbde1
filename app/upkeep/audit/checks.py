"""What `check` asks of the desk log."""

from collections.abc import Iterator

from sqlmodel import Session

from app.commune.credentials.instance_people import NO_COMMUNE
from app.core.audit.chain import Head
from app.upkeep.audit.verification import problems, read_chain
from app.upkeep.migrations import append_only

_PROTECTIONS = {
    "triggers": "triggers refuse changes",
    "rights": "the application's role has no right to change it",
}


def check_commune(session: Session, commune_id: str, anchor: Head | None) -> Iterator[str]:
    """A sentence for each problem of a commune's desk log. `anchor`: its newest entry in the log's file."""
    yield from problems(session, commune_id, read_chain(session, commune_id, anchor), anchor)


def check_instance(session: Session, anchor: Head | None) -> list[str]:
    """The same of what operators did, and whether the database refuses to change entries."""
    found = [
        f"{sentence.removesuffix('.')} (of operators)."
        for sentence in check_commune(session, NO_COMMUNE, anchor)
    ]
    if not append_only.protection(session.connection()):
        found.append("Nothing refuses to change the desk log: its triggers are missing.")
    return found


def remarks(session: Session) -> list[str]:
    """What refuses to change entries."""
    remark = _PROTECTIONS.get(append_only.protection(session.connection()))
    return [remark] if remark else []
