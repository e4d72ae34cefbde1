"""Witnesses of the desk log: the newest place of each chain at a moment, which somebody else keeps.

Whoever may change the database and the log's file can write both anew. What lies elsewhere he cannot: a line
beside each backup, one that the operator has sent away, one that the province has fetched.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from app.commune.areas import Commune
from app.commune.credentials.instance_people import NO_COMMUNE
from app.commune.province_access import Viewer, visible_communes
from app.core.audit.chain import Head, stored_head
from app.core.clock import wire_time

LARGEST = 64 << 20
"""Bytes that a file with witnesses may have: a line of a thousand communes has 100 KB."""
_HEADS = "desk_log_heads"


class Witness(NamedTuple):
    """The newest entry of each chain, by commune (empty: of operators), and when that was."""

    at: str
    heads: dict[str, Head]

    def line(self) -> str:
        """As it is sent away."""
        return json.dumps({"at": self.at, _HEADS: self.heads}, separators=(",", ":"))


class NoWitness(Exception):  # noqa: N818 - a fact, named as such
    """A line is no witness; `number` says which."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def take(session: Session, now: datetime) -> Witness:
    """What is to be sent away now."""
    communes = session.exec(select(Commune.id).where(col(Commune.started_at).is_not(None))).all()
    return _witness(session, (NO_COMMUNE, *sorted(communes)), now)


def take_of(session: Session, viewer: Viewer, now: datetime) -> Witness:
    """What a province keeps of the communes that are here."""
    here = visible_communes(viewer).where(col(Commune.started_at).is_not(None))
    return _witness(session, sorted(commune.id for commune in session.exec(here)), now)


def _witness(session: Session, chains: Iterable[str], now: datetime) -> Witness:
    heads = {id: stored_head(session, id) for id in chains}
    return Witness(wire_time(now), {id: head for id, head in heads.items() if head.seq})


def parse(lines: Iterable[str]) -> list[Witness]:
    """The witnesses of a file, one a line; empty lines do not count. Raises `NoWitness`."""
    return [_parse(number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _parse(number: int, line: str) -> Witness:
    try:
        content = json.loads(line)
        heads = {str(id): Head(int(seq), str(hash)) for id, (seq, hash) in content[_HEADS].items()}
        return Witness(str(content["at"]), heads)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise NoWitness(number) from None
