"""The commune's own days off: adding some under one name, and removing one."""

import re
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from app.core.clock import local_date
from app.core.errors import Invalid, NotFound
from app.core.strings import _, lazy
from app.review import settings
from app.review.settings import EARLIEST, LATEST, MAX_DAYS_AT_ONCE, MAX_DAYS_OFF
from app.web.days import parse_day
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.records.settings.settings_page import PATH, TypedForm, saved, settings_response
from app.web.names import MAX_NAME, name_problem
from app.web.rendering import day as format_day

router = APIRouter()
_HAS_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)", re.ASCII)
_MAX_DAY = 20  # characters
_A_YEAR = timedelta(days=364)
_NO_DAY = lazy("Ghi ngày theo mẫu 24/11/2026.")


@router.post(f"{PATH}/days-off")
def add_days_off(
    desk: Desk,
    day: Annotated[str, Form()] = "",
    to: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
) -> Response:
    """*Thêm ngày nghỉ*: one day, or those from `day` to `to`."""
    first, last = _parse(day, desk), _parse(to, desk)
    problems = {
        "day": "" if first else _NO_DAY,
        "to": _NO_DAY if to.strip() and not last else "",
        "name": name_problem(name, _("Nhập tên ngày nghỉ, thí dụ: Lễ hội xuân.")),
    }
    if first and not any(problems.values()):
        days = (first, last or first)
        try:
            added = desk.database.write(
                lambda session: settings.add_days_off(session, desk.actor, *days, name, desk.now)
            )
        except Invalid as refused:
            problems |= {field: _sentences(desk)[field] for field in refused.fields}
        else:
            return saved("days" if added else "known")
    typed = {"day": day[:_MAX_DAY], "to": to[:_MAX_DAY], "name": name[: MAX_NAME * 2]}
    return settings_response(desk, TypedForm(typed, problems, status=422))


@router.post(PATH + "/days-off/{day}/remove")
def remove_day_off(day: str, desk: Desk) -> Response:
    """*Bỏ*."""
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        raise NotFound from None
    desk.database.write(lambda session: settings.remove_day_off(session, desk.actor, wanted, desk.now))
    return saved("removed")


def _parse(text: str, desk: DeskContext) -> date | None:
    """A day as people write it; without a year it is the next such day, because days off lie ahead."""
    today = local_date(desk.now)
    return parse_day(text, today if _HAS_YEAR.search(text) else today + _A_YEAR)


def _sentences(desk: DeskContext) -> dict[str, str]:
    today = local_date(desk.now)
    first, last = format_day(today - EARLIEST), format_day(today + LATEST)
    return {
        "day": _("Chọn một ngày từ %(first)s đến %(last)s.", first=first, last=last),
        "to": _(
            "Ngày cuối phải từ ngày đầu trở đi, mỗi lần nhiều nhất %(most)s ngày.", most=MAX_DAYS_AT_ONCE
        ),
        "name": _("Đã có %(most)s ngày nghỉ, không thêm được nữa: bỏ bớt ngày cũ.", most=MAX_DAYS_OFF),
    }
