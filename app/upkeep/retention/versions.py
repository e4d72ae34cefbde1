"""Earlier contents of records after their term.

A version of a visit, a session or a remark is deleted; of a write that came too late only what it said and
from which phone, because the ledger refers to its number. Versions of households stay, because later changes
are compared with them and imports are recognised by them: without names, addresses, numbers and authors.
"""

from datetime import datetime

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    String,
    and_,
    bindparam,
    cast,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlmodel import Session

from app.commune.accounts.models import ANONYMOUS
from app.core.clock import Instant
from app.core.db import BatchModel, table_of
from app.core.sql.prepared import Prepared
from app.core.types import Row
from app.fieldwork.households.models import HOUSEHOLD_FACTS, HouseholdVersion
from app.fieldwork.outreach.models import OutreachVersion
from app.fieldwork.remarks.models import RemarkVersion
from app.fieldwork.visits.models import Visit, VisitVersion
from app.upkeep.retention.steps import Step, columns_of
from app.upkeep.retention.visits import has_request, is_pending

_COMMUNE: BindParameter[str] = bindparam("commune_id")
_BEFORE: BindParameter[datetime] = bindparam("before", type_=Instant)
_MOST: BindParameter[int] = bindparam("most", type_=Integer)
_TEXTS = ("head_name", "house_no", "alley", "phone", *HOUSEHOLD_FACTS)  # of a household


def _step(
    name: str,
    model: type[BatchModel],
    key: str,
    empty: dict[str, object],
    is_held: ColumnElement[bool] | None = None,
) -> Step:
    """Of a model with the columns of `VisitVersion`. `empty`: what is left of the content of a late one;
    `is_held`: of which record nothing is purged."""
    table = table_of(model)
    is_due = and_(
        table.c.commune_id == _COMMUNE,
        table.c.received_at < _BEFORE,
        or_(table.c.late.is_(False), func.coalesce(table.c.device_id, "-") != ""),
    )
    wanted = select(*(table.c[one] for one in (key, "version", "seq", "late", "content"))).where(is_due)
    find = Prepared((wanted if is_held is None else wanted.where(~is_held)).limit(_MOST))
    is_row = and_(
        table.c.commune_id == _COMMUNE,
        *(table.c[one] == bindparam(f"k_{one}", type_=table.c[one].type) for one in (key, "version", "seq")),
    )
    remove: Prepared[Row] = Prepared(delete(table).where(is_row))
    clear: Prepared[Row] = Prepared(
        update(table).where(is_row).values(content=bindparam("left"), device_id="")
    )

    def find_due(session: Session, commune_id: str, before: datetime, most: int) -> list[Row]:
        return find.rows(session, commune_id=commune_id, before=before, most=most)

    def purge(session: Session, commune_id: str, found: list[Row], _before: datetime) -> None:
        keys = [
            {"commune_id": commune_id, "left": row["content"] | empty, "late": row["late"]}
            | {f"k_{one}": row[one] for one in (key, "version", "seq")}
            for row in found
        ]
        remove.run_all(session, [one for one in keys if not one["late"]])
        clear.run_all(session, [one for one in keys if one["late"]])

    return Step(name, columns_of(model, "content device_id"), find_due, purge)


_VERSION, _VISIT = table_of(VisitVersion), table_of(Visit)
_IS_HELD = exists().where(_VISIT.c.commune_id == _COMMUNE, _VISIT.c.id == _VERSION.c.visit_id, is_pending())
_HOUSEHOLD = table_of(HouseholdVersion)


def _has_text(name: str) -> ColumnElement[bool]:
    fields = cast(_HOUSEHOLD.c.fields, String)
    return and_(fields.like(f'%"{name}": "%'), ~fields.like(f'%"{name}": ""%'))


_FIND = Prepared(
    select(
        *(
            _HOUSEHOLD.c[name]
            for name in ("household_id", "version", "seq", "fields", "written_by", "device_id")
        )
    )
    .where(
        _HOUSEHOLD.c.commune_id == _COMMUNE,
        _HOUSEHOLD.c.received_at < _BEFORE,
        or_(_HOUSEHOLD.c.written_by != ANONYMOUS, *map(_has_text, _TEXTS)),
        ~has_request(_HOUSEHOLD.c.household_id),
    )
    .limit(_MOST)
)
_CLEAR: Prepared[Row] = Prepared(
    update(_HOUSEHOLD)
    .where(
        _HOUSEHOLD.c.commune_id == _COMMUNE,
        _HOUSEHOLD.c.household_id == bindparam("k_household_id"),
        _HOUSEHOLD.c.version == bindparam("k_version"),
        _HOUSEHOLD.c.seq == bindparam("k_seq"),
    )
    .values(
        fields=bindparam("v_fields"), written_by=bindparam("v_written_by"), device_id=bindparam("v_device_id")
    )
)


def _find_of_households(session: Session, commune_id: str, before: datetime, most: int) -> list[Row]:
    return _FIND.rows(session, commune_id=commune_id, before=before, most=most)


def _purge_of_households(session: Session, commune_id: str, found: list[Row], _before: datetime) -> None:
    """The names of the fields stay, the hamlet and the state; and whether a phone wrote it, or nobody."""
    rows = [
        {
            "commune_id": commune_id,
            "k_household_id": row["household_id"],
            "k_version": row["version"],
            "k_seq": row["seq"],
            "v_fields": row["fields"] | dict.fromkeys({*_TEXTS} & row["fields"].keys(), ""),
            "v_written_by": row["written_by"] and ANONYMOUS,
            "v_device_id": row["device_id"] if row["device_id"] is None else "",
        }
        for row in found
    ]
    _CLEAR.run_all(session, rows)


VERSIONS = (
    _step("visit_versions", VisitVersion, "visit_id", {"note": "", "follow_up_on": None}, _IS_HELD),
    _step("outreach_versions", OutreachVersion, "session_id", {"place": ""}),
    _step("remark_versions", RemarkVersion, "remark_id", {"text": ""}),
    Step(
        "household_versions",
        columns_of(HouseholdVersion, "fields written_by device_id"),
        _find_of_households,
        _purge_of_households,
        is_of_authors=True,
    ),
)
