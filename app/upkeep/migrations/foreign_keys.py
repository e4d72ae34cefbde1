"""The foreign keys of the models, and the rows that lack what one names."""

from functools import cache

from sqlalchemy import ForeignKeyConstraint, Table, bindparam, func, select
from sqlmodel import Session

from app.upkeep.migrations.distribution import can_refer, is_of_communes, place_of
from app.upkeep.migrations.tables import METADATA


class ForeignKey:
    """A foreign key, of the rows of a commune if one of its tables is of communes."""

    def __init__(self, table: Table, constraint: ForeignKeyConstraint) -> None:
        target = constraint.referred_table
        self.table, self.target = table.name, target.name
        self.is_of_commune = is_of_communes(table) or is_of_communes(target)
        self._is_joined = can_refer(place_of(table), place_of(target))
        aliased = target.alias()
        columns = [(element.parent, aliased.c[element.column.name]) for element in constraint.elements]
        self._rows = select(*(key for key, _other in columns)).where(
            *(key.is_not(None) for key, _ in columns)
        )
        self._targets = select(*(other for _key, other in columns))
        if is_of_communes(target):
            self._targets = self._targets.where(aliased.c.commune_id == bindparam("commune"))
        if self.is_of_commune:
            self._rows = self._rows.where(table.c.commune_id == bindparam("commune"))
        same = self._targets.where(*(key == other for key, other in columns))
        self._orphans = self._rows.with_only_columns(func.count()).where(~same.exists())

    def count_orphans(self, session: Session, parameters: dict[str, str]) -> int:
        """The number of rows whose foreign key is set and matches no row. `parameters`: `commune`, its id."""
        if self._is_joined:
            return int(session.execute(self._orphans, parameters).scalar_one())
        rows, targets = (session.execute(one, parameters).all() for one in (self._rows, self._targets))
        known = set(map(tuple, targets))
        return sum(tuple(row) not in known for row in rows)


@cache
def foreign_keys() -> list[ForeignKey]:
    return [
        ForeignKey(table, constraint)
        for table in METADATA.sorted_tables
        for constraint in table.foreign_key_constraints
    ]
