"""After how many days without contact phones seal what they have."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from app.core.errors import Invalid, StaleDecision
from app.core.strings import _
from app.review import settings
from app.web.desk.page.context import Desk
from app.web.desk.records.settings.fields import parse_number
from app.web.desk.records.settings.settings_page import (
    PATH,
    TypedForm,
    changed_meanwhile,
    saved,
    settings_response,
)

router = APIRouter()


@router.post(f"{PATH}/silence")
def change_silence_days(
    desk: Desk, silence_days: Annotated[str, Form()] = "", seen: Annotated[str, Form()] = ""
) -> Response:
    """*Lưu*: other days than those offered come back with a sentence, and so does a colleague's change."""
    days, known = parse_number(silence_days) or 0, parse_number(seen) or 0
    try:
        desk.database.write(
            lambda session: settings.change_silence_days(session, desk.actor, days, known, desk.now)
        )
    except Invalid:
        problems = {"silence_days": _("Chọn 30, 60 hoặc 90 ngày.")}
        return settings_response(desk, TypedForm(problems=problems, status=422))
    except StaleDecision:
        return changed_meanwhile(desk, _("Số ngày im lặng"))
    return saved("silence")
