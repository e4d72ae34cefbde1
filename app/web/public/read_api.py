"""`/api/v1/communes` and `/api/v1/reports`: closed reports for other programs, in pages, rounded."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict

from app.reports.open_data.rows import Wanted, list_communes, list_reports
from app.reports.public_check import STEP
from app.web.deps import Db
from app.web.openapi import error_answers
from app.web.public.cursors import decode_cursor, encode_cursor, parse_day
from app.web.public.etag import with_etag
from app.web.public.token import ReadableScope

router = APIRouter(prefix="/api/v1", tags=["figures"], responses=error_answers(401, 422, 429, 503))

PAGE, MOST = 100, 500  # rows of an answer, unless the request says less, and at most
Limit = Annotated[int, Query(ge=1, le=MOST, description="rows of the answer at most")]
Cursor = Annotated[str, Query(max_length=200, description="`next` of the answer before")]
Word = Annotated[str, Query(max_length=40, pattern=r"^[\w-]*$")]
Item = TypeVar("Item")


class Total(BaseModel):
    """A column of a report, and the commune's total in it: a multiple of 5, null where it is not known."""

    code: str
    heading: str
    count: int | None


class PublicCommune(BaseModel):
    """A commune that has begun, by its official codes."""

    code: str
    name: str
    province: str

    model_config = ConfigDict(
        json_schema_extra={"example": {"code": "06391", "name": "Xa Yen Binh", "province": "20"}}
    )


class PublicReport(BaseModel):
    """A closed report of a commune."""

    commune: str
    commune_name: str
    period: str
    kind: str
    first: date
    last: date
    closed_at: datetime
    totals: list[Total]

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "commune": "06391",
                "commune_name": "Xa Yen Binh",
                "period": "2026-11",
                "kind": "month",
                "first": "2026-11-01",
                "last": "2026-11-30",
                "closed_at": "2026-12-02T03:00:00Z",
                "totals": [{"code": "visits", "heading": "Luot tham ho", "count": 1240}],
            }
        }
    )


class Page(BaseModel, Generic[Item]):
    """Rows in a fixed order. `rounded_to`: every count is a multiple of it, 0 is none. `next`: the cursor of
    the rows that follow, null after the last."""

    rounded_to: int
    items: list[Item]
    next: str | None


def read_wanted(
    commune: Word = "",
    period: Word = "",
    kind: Word = "",
    since: Annotated[date | None, Query(description="the last day of the period or later")] = None,
    until: Annotated[date | None, Query(description="the last day of the period or earlier")] = None,
) -> Wanted:
    """Which reports the address asks for."""
    return Wanted(commune, period, kind, since, until)


@router.get("/communes", response_model=Page[PublicCommune])
def show_communes(
    request: Request, database: Db, scope: ReadableScope, limit: Limit = PAGE, cursor: Cursor = ""
) -> Response:
    """The communes that the token reads, by their official codes."""
    (after,) = decode_cursor(cursor, 1)
    found = database.read(lambda session: list_communes(session, scope, after, limit + 1))
    items = [PublicCommune(code=one.code, name=one.full_name, province=one.province_code) for one in found]
    return _answer(request, items, limit, lambda one: (one.code,))


@router.get("/reports", response_model=Page[PublicReport])
def show_reports(
    request: Request,
    database: Db,
    scope: ReadableScope,
    wanted: Annotated[Wanted, Depends(read_wanted)],
    limit: Limit = PAGE,
    cursor: Cursor = "",
) -> Response:
    """The closed reports that the token reads, by commune and last day. One that was reopened is not among
    them until it is closed again."""
    commune, last, period = decode_cursor(cursor, 3)
    after = (commune, parse_day(last), period) if cursor else None
    found = database.read(lambda session: list_reports(session, scope, wanted, after, limit + 1))
    items = [PublicReport.model_validate(one, from_attributes=True) for one in found]
    return _answer(request, items, limit, lambda one: (one.commune, one.last.isoformat(), one.period))


def _answer(
    request: Request, found: Sequence[Item], limit: int, place: Callable[[Item], Sequence[str]]
) -> Response:
    """A page of at most `limit` rows of those that were found; 304 for the `ETag` that the request has."""
    items = list(found[:limit])
    following = encode_cursor(place(items[-1])) if len(found) > limit else None
    page = Page[Any](rounded_to=STEP, items=items, next=following)
    return with_etag(request, page.model_dump_json().encode(), "application/json")
