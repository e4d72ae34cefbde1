"""Whose account, link, password or factor came from whom, by the desk log: where one hand has given two
people theirs, one person may be both."""

from collections import defaultdict
from datetime import datetime, timedelta

from sqlmodel import Session, select

from app.commune.credentials.supervisors import LINK_EVENT
from app.commune.second_factor import losses
from app.core.clock import wire_time
from app.core.desk_log import DeskEntry

TERM = timedelta(days=30)
"""So long whoever gave somebody an account, a link or a confirmation may still be in their place."""
_EVENTS = (LINK_EVENT, losses.ASKED, losses.CONFIRMED)


class Lineage:
    """Who has given what to whom in a commune within `TERM` before an instant, and since then."""

    def __init__(self, session: Session, commune_id: str, before: datetime) -> None:
        entry = DeskEntry.entry
        wanted = select(entry).where(
            DeskEntry.commune_id == commune_id,
            entry["what"].as_string().in_(_EVENTS),
            entry["at"].as_string() > wire_time(before - TERM),
        )
        self._givers: defaultdict[str, set[str]] = defaultdict(set)
        for one in session.exec(wanted):
            if giver := one.get("by"):
                self._givers[one["account"]].add(giver)

    def shared(self, one: str, other: str) -> frozenset[str]:
        """The ids of those from whom both come, each counted as coming from itself; none: they are two."""
        return self._sources(one) & self._sources(other)

    def _sources(self, id: str) -> frozenset[str]:
        found, left = {id}, [id]
        while left:
            new = self._givers[left.pop()] - found
            found |= new
            left += new
        return frozenset(found)
