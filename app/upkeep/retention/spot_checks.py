"""Who recorded what spot checks were drawn from, after its term: as long as the visits themselves say so."""

from datetime import datetime

from sqlalchemy import BindParameter, Integer, bindparam, select, update
from sqlmodel import Session

from app.commune.accounts.models import ANONYMOUS
from app.core.clock import Instant
from app.core.db import table_of
from app.core.sql.prepared import Prepared
from app.core.types import Row
from app.review.spot_checks.models import SpotCheck, SpotCheckStratum
from app.upkeep.retention.steps import Step, columns_of

_CHECK, _STRATUM = table_of(SpotCheck), table_of(SpotCheckStratum)
_COMMUNE: BindParameter[str] = bindparam("commune_id")
_FIND = Prepared(
    select(_STRATUM.c.check_id, _STRATUM.c.number)
    .join(_CHECK, (_CHECK.c.commune_id == _COMMUNE) & (_CHECK.c.id == _STRATUM.c.check_id))
    .where(
        _STRATUM.c.commune_id == _COMMUNE,
        _STRATUM.c.recorded_by != ANONYMOUS,
        _CHECK.c.drawn_at < bindparam("before", type_=Instant),
    )
    .limit(bindparam("most", type_=Integer))
)
_CLEAR: Prepared[Row] = Prepared(
    update(_STRATUM)
    .where(
        _STRATUM.c.commune_id == _COMMUNE,
        _STRATUM.c.check_id == bindparam("k_check_id"),
        _STRATUM.c.number == bindparam("k_number"),
    )
    .values(recorded_by=ANONYMOUS)
)


def _find(session: Session, commune_id: str, before: datetime, most: int) -> list[Row]:
    return _FIND.rows(session, commune_id=commune_id, before=before, most=most)


def _purge(session: Session, commune_id: str, found: list[Row], _before: datetime) -> None:
    keys = [{f"k_{name}": value for name, value in row.items()} | {"commune_id": commune_id} for row in found]
    _CLEAR.run_all(session, keys)


SPOT_CHECKS = Step(
    "spot_checks", columns_of(SpotCheckStratum, "recorded_by"), _find, _purge, is_of_authors=True
)
