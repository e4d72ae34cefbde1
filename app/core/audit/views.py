"""What supervisors have looked at, until it is written into the desk log: together, once a minute.

An entry for each page would cost each of them a transaction and the lock of the chain.
"""

import threading
from collections import Counter
from dataclasses import dataclass

VIEWED = "pages.viewed"  # of the desk log
HOUSEHOLD, WALKING_LIST = "household", "walking_list"
MOST = 10_000
"""So many different views are listed until they are written."""


@dataclass(frozen=True)
class View:
    """Somebody has looked at a page: `by` an account, of a household or a hamlet (`id`)."""

    commune_id: str
    by: str
    page: str
    id: str


class Views:
    """The views of one process that are not written yet, each with how often it came."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._counts: Counter[View] = Counter()

    def add(self, view: View, count: int = 1) -> None:
        """Count a view. Beyond `MOST` different ones only that this person had more."""
        with self._guard:
            is_listed = view in self._counts or len(self._counts) < MOST
            self._counts[view if is_listed else View(view.commune_id, view.by, view.page, "")] += count

    def take(self) -> dict[str, Counter[View]]:
        """The views by commune; afterwards there are none."""
        with self._guard:
            counts, self._counts = self._counts, Counter()
        by_commune: dict[str, Counter[View]] = {}
        for view, count in counts.items():
            by_commune.setdefault(view.commune_id, Counter())[view] = count
        return by_commune
