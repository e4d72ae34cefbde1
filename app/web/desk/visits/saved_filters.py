"""A supervisor's own saved filters: save what is shown under a name, rename, delete."""

import uuid
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.core.errors import Invalid, TextRefused, TooLarge
from app.core.strings import _, lazy
from app.review.visit_list import saved_filters
from app.review.visit_list.saved_filters import MOST, NAME_LENGTH, SavedFilter
from app.web.desk.page.context import Desk, DeskContext, PathId, require_id
from app.web.desk.page.frame import VISITS, build_frame
from app.web.desk.page.labels import Link
from app.web.desk.visits.filters import AddressQuery, VisitQuery
from app.web.frame import Frame
from app.web.rendering import html

router = APIRouter()

_ADDRESS = "/desk/filters"
_PROBLEMS = {
    "name": lazy("Đặt tên, nhiều nhất %(most)s ký tự.", most=NAME_LENGTH),
    "same_name": lazy("Đã có bộ lọc khác mang tên này."),
    "query": lazy("Chưa lọc gì để lưu. Hãy chọn bộ lọc ở Lượt thăm trước."),
}
_TOO_MANY = lazy("Đã đủ %(most)s bộ lọc. Xóa bớt một bộ lọc rồi lưu lại.", most=MOST)


@dataclass(frozen=True)
class FilterRow:
    """A saved filter: its name, which leads to the list, and what may be changed. `typed`: a name that was
    refused because of `problem`."""

    name: Link
    rename: str
    delete: str
    typed: str
    problem: str


@dataclass(frozen=True)
class FiltersPage:
    """What templates/desk/visits/saved_filters.html shows. `save`: where the filters of `query` are saved,
    empty if there are none; `saved_name`: the name that was typed for them."""

    title: str
    frame: Frame
    rows: list[FilterRow]
    save: str
    id: str
    saved_name: str
    problem: str


def saved_links(session: Session, desk: DeskContext) -> list[Link]:
    """The supervisor's saved filters, as links to the list."""
    return [_link(one) for one in saved_filters.saved_filters(session, desk.actor)]


def saved_query(query: VisitQuery) -> str:
    """What is saved of a query: not the page, and no search words, which only this browser can read."""
    return query.top("", find="").removeprefix("?")


@router.get("/desk/filters")
def show_filters(desk: Desk, query: AddressQuery) -> Response:
    return _page(desk, query)


@router.post("/desk/filters")
def save(
    desk: Desk, query: AddressQuery, id: Annotated[str, Form()] = "", name: Annotated[str, Form()] = ""
) -> Response:
    """*Lưu bộ lọc này*: leads back to the list."""
    filter_id = require_id(id)

    def run(session: Session) -> None:
        saved_filters.save_filter(session, desk.actor, filter_id, name, saved_query(query), desk.now)

    try:
        desk.database.write(run)
    except (Invalid, TextRefused) as fault:
        return _page(desk, query, saved_name=name, problem=_PROBLEMS[fault.fields[0]], status=422)
    except TooLarge:
        return _page(desk, query, saved_name=name, problem=_TOO_MANY, status=413)
    return RedirectResponse(query.address("/desk/visits"), 303)


@router.post("/desk/filters/{filter_id}/name")
def rename(filter_id: PathId, desk: Desk, name: Annotated[str, Form()] = "") -> Response:
    """*Đổi tên*."""
    try:
        desk.database.write(lambda session: saved_filters.rename_filter(session, desk.actor, filter_id, name))
    except (Invalid, TextRefused) as fault:
        return _page(desk, VisitQuery(), (filter_id, name), problem=_PROBLEMS[fault.fields[0]], status=422)
    return RedirectResponse(_ADDRESS, 303)


@router.post("/desk/filters/{filter_id}/delete")
def delete(filter_id: PathId, desk: Desk) -> Response:
    """*Xóa*."""
    desk.database.write(lambda session: saved_filters.delete_filter(session, desk.actor, filter_id))
    return RedirectResponse(_ADDRESS, 303)


def _page(
    desk: DeskContext,
    query: VisitQuery,
    renamed: tuple[str, str] = ("", ""),
    saved_name: str = "",
    problem: str = "",
    status: int = 200,
) -> Response:
    def load(session: Session) -> FiltersPage:
        mine = saved_filters.saved_filters(session, desk.actor)
        return FiltersPage(
            title=_("Bộ lọc đã lưu"),
            frame=build_frame(session, desk.actor, VISITS),
            rows=[_row(one, renamed, problem) for one in mine],
            save=query.top(_ADDRESS) if saved_query(query) else "",
            id=str(uuid.uuid4()),
            saved_name=saved_name,
            problem="" if renamed[0] else problem,
        )

    return html("desk/visits/saved_filters.html", desk.database.read(load), status)


def _row(one: SavedFilter, renamed: tuple[str, str], problem: str) -> FilterRow:
    is_refused = renamed[0] == one.id
    return FilterRow(
        name=_link(one),
        rename=f"{_ADDRESS}/{one.id}/name",
        delete=f"{_ADDRESS}/{one.id}/delete",
        typed=renamed[1] if is_refused else one.name,
        problem=problem if is_refused else "",
    )


def _link(one: SavedFilter) -> Link:
    return Link(one.name, f"/desk/visits?{one.query}")
