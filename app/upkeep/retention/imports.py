"""What lists that were imported said of households, after its term; then an import is not undone any more."""

from datetime import datetime

from sqlalchemy import Integer, bindparam, null, or_, select, update
from sqlmodel import Session

from app.core.clock import Instant
from app.core.db import table_of
from app.core.sql.prepared import Prepared
from app.core.types import Row
from app.intake.household_import.runs.models import HouseholdImport, ImportRow
from app.upkeep.retention.steps import Step, columns_of

_RUN, _ROW = table_of(HouseholdImport), table_of(ImportRow)
_TEXTS = ("sentence", "head_name", "house_no", "alley")
_COMMUNE = bindparam("commune_id", type_=_ROW.c.commune_id.type)
_FIND = Prepared(
    select(_ROW.c.import_id, _ROW.c.number)
    .join(_RUN, (_RUN.c.commune_id == _COMMUNE) & (_RUN.c.id == _ROW.c.import_id))
    .where(
        _ROW.c.commune_id == _COMMUNE,
        _RUN.c.created_at < bindparam("before", type_=Instant),
        or_(*(_ROW.c[name] != "" for name in _TEXTS)),
    )
    .limit(bindparam("most", type_=Integer))
)
_EMPTY: Prepared[Row] = Prepared(
    update(_ROW)
    .where(
        _ROW.c.commune_id == _COMMUNE,
        _ROW.c.import_id == bindparam("k_import_id"),
        _ROW.c.number == bindparam("k_number"),
    )
    .values(**dict.fromkeys(_TEXTS, ""), old=null())
)


def _find(session: Session, commune_id: str, before: datetime, most: int) -> list[Row]:
    return _FIND.rows(session, commune_id=commune_id, before=before, most=most)


def _purge(session: Session, commune_id: str, found: list[Row], _before: datetime) -> None:
    keys = [{f"k_{name}": value for name, value in row.items()} | {"commune_id": commune_id} for row in found]
    _EMPTY.run_all(session, keys)


IMPORTS = Step("import_rows", columns_of(ImportRow, "sentence head_name house_no alley old"), _find, _purge)
