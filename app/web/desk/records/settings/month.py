"""The day on which the commune's months begin."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from app.commune.settings import MONTH_STARTS
from app.core.errors import Invalid, StaleDecision
from app.core.strings import _, lazy
from app.review import settings
from app.web.desk.page.context import Desk
from app.web.desk.records.settings.fields import MAX_TYPED, bounds_problem, parse_number
from app.web.desk.records.settings.settings_page import (
    PATH,
    TypedForm,
    changed_meanwhile,
    saved,
    settings_response,
)

router = APIRouter()
_FIELD = "month_start_day"
_CLOSED = lazy(
    "Chưa đổi được: có kỳ đã chốt theo ngày cũ. Mở lại các kỳ đó ở Báo cáo, đổi ngày, rồi chốt lại."
)


@router.post(f"{PATH}/month")
def change_month_start(
    desk: Desk, month_start_day: Annotated[str, Form()] = "", seen: Annotated[str, Form()] = ""
) -> Response:
    """*Lưu*: a day that no month has comes back with a sentence, and so does a colleague's change."""
    day, known = parse_number(month_start_day) or 0, parse_number(seen) or 0
    try:
        desk.database.write(
            lambda session: settings.change_month_start(session, desk.actor, day, known, desk.now)
        )
    except Invalid as error:
        problem = bounds_problem(_FIELD, {_FIELD: (MONTH_STARTS[0], MONTH_STARTS[-1])})
        problem = _CLOSED if error.fields == ["closed"] else problem
        typed = {_FIELD: month_start_day[:MAX_TYPED]}
        return settings_response(desk, TypedForm(typed, {_FIELD: problem}, status=422))
    except StaleDecision:
        return changed_meanwhile(desk, _("Ngày đầu tháng"))
    return saved("month")
