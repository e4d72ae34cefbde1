"""Values that are kept in memory until what they were made of has changed."""

from collections.abc import Callable, MutableMapping
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlmodel import Session

T = TypeVar("T")


class RevisionCache(Generic[T]):
    """The value of each commune that was made last, by engine: the values of a closed database go with it.

    A revision is read in the same snapshot as the value is made from, and differs after any change of that.
    """

    def __init__(self) -> None:
        self._values: MutableMapping[object, dict[str, tuple[object, T]]] = WeakKeyDictionary()

    def get(
        self,
        session: Session,
        commune_id: str,
        revision: object,
        make: Callable[[], T],
        *,
        holds: Callable[[T], bool] = lambda _value: True,
    ) -> T:
        """The value of this revision; made if the last one is of another, or does not hold any more."""
        values = self._values.setdefault(session.get_bind(), {})
        known = values.get(commune_id)
        if known is None or known[0] != revision or not holds(known[1]):
            known = values[commune_id] = (revision, make())
        return known[1]
