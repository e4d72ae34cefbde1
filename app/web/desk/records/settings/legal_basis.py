"""On which basis of law the commune has its list of households."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from app.core.errors import Invalid, StaleDecision
from app.core.strings import _
from app.review import settings
from app.web.desk.page.context import Desk
from app.web.desk.records.settings.settings_page import (
    PATH,
    TypedForm,
    changed_meanwhile,
    saved,
    settings_response,
)

router = APIRouter()
TypedDuties = Annotated[list[str], Form()]


@router.post(f"{PATH}/legal-basis")
def state_legal_basis(
    desk: Desk,
    basis: Annotated[str, Form()] = "",
    duty: TypedDuties = [],  # noqa: B006 - a form's field, which FastAPI never changes
    seen: Annotated[str, Form()] = "",
) -> Response:
    """*Lưu căn cứ*: none, or one without its duties, comes back with a sentence."""
    try:
        desk.database.write(
            lambda session: settings.state_legal_basis(session, desk.actor, basis, duty, seen, desk.now)
        )
    except Invalid as refused:
        sentences = {
            "legal_basis": _("Chọn một căn cứ."),
            "duty": _("Đánh dấu đủ bốn việc đã có, hoặc chọn căn cứ khác."),
        }
        problems = {"legal_basis": sentences[refused.fields[0]]}
        return settings_response(
            desk, TypedForm({"basis": basis, **dict.fromkeys(duty, "yes")}, problems, status=422)
        )
    except StaleDecision:
        return changed_meanwhile(desk, _("Căn cứ lập danh sách"))
    return saved("legal-basis")
