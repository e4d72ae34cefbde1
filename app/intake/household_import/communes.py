"""Names of communes in the addresses of a list: none is an alley."""

from dataclasses import replace

from sqlmodel import Session, col, select

from app.commune.areas import Commune
from app.core.text import fold
from app.intake.household_import.parsing import addresses, patterns
from app.intake.household_import.records import ListedHousehold


class CommuneNames:
    """The name of a list's commune, and those of the others in its province, folded.

    A name that no commune of the province has today may be that of a former one, and says nothing.
    """

    def __init__(self, session: Session, commune: Commune) -> None:
        names = session.scalars(
            select(col(Commune.name)).where(col(Commune.province_code) == commune.province_code)
        )
        self._own = fold(commune.name)
        self._others = {fold(name) for name in names} - {self._own}

    def without(self, household: ListedHousehold) -> ListedHousehold | None:
        """The household without the commune's name behind its alley; None if another commune or another
        hamlet is named there."""
        parts = addresses.parts_of(household.alley)
        while parts and fold(parts[-1]) == self._own:
            parts.pop()
        alley, place, _ = addresses.split_alley(", ".join(parts))
        named = {fold(patterns.COMMUNE.sub("", part)) for part in (*household.above, *parts[-1:])}
        if named & self._others or (place and not addresses.is_same_hamlet(place, household.hamlet)):
            return None
        return replace(household, alley=alley)
