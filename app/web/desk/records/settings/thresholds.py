"""The thresholds of flags."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from app.commune.settings import FLAG_BOUNDS
from app.core.errors import Invalid, StaleDecision
from app.core.strings import _
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


@dataclass(frozen=True)
class ThresholdFields:
    """The form's fields as they were typed; `seen`: the thresholds that it was made from, in the order of
    `FLAG_BOUNDS`."""

    flag_daily_visits: Annotated[str, Form()] = ""
    flag_burst_visits: Annotated[str, Form()] = ""
    flag_burst_seconds: Annotated[str, Form()] = ""
    flag_clock_minutes: Annotated[str, Form()] = ""
    flag_people: Annotated[str, Form()] = ""
    seen: Annotated[list[str] | None, Form()] = None


@router.post(f"{PATH}/thresholds")
def change_thresholds(desk: Desk, fields: Annotated[ThresholdFields, Depends()]) -> Response:
    """*Lưu*: numbers out of their bounds come back with sentences, and so does a colleague's change."""
    typed = {name: vars(fields)[name] for name in FLAG_BOUNDS}
    values = {name: parse_number(text) or 0 for name, text in typed.items()}
    seen = {name: parse_number(text) or 0 for name, text in zip(FLAG_BOUNDS, fields.seen or (), strict=False)}
    try:
        desk.database.write(
            lambda session: settings.change_thresholds(session, desk.actor, values, seen, desk.now)
        )
    except Invalid as refused:
        problems = {name: bounds_problem(name, FLAG_BOUNDS) for name in refused.fields}
        shown = {name: text[:MAX_TYPED] for name, text in typed.items()}
        return settings_response(desk, TypedForm(shown, problems, status=422))
    except StaleDecision:
        return changed_meanwhile(desk, _("Ngưỡng"))
    return saved("thresholds")
