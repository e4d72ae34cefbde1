"""The number that households call to check a member's card."""

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
    settings_response,
)

router = APIRouter()
_MAX_TYPED = 40


@router.post(f"{PATH}/card")
def change_card_phone(
    desk: Desk, card_phone: Annotated[str, Form()] = "", seen: Annotated[str, Form()] = ""
) -> Response:
    """*Lưu số*: what is no number comes back with a sentence, and so does a colleague's change. The page that
    follows offers *Hoàn tác*; the number before is in no address."""
    typed = card_phone[:_MAX_TYPED]
    try:
        before = desk.database.write(
            lambda session: settings.change_card_phone(session, desk.actor, typed, seen, desk.now)
        )
    except Invalid:
        form = TypedForm({"card_phone": typed}, {"card_phone": _("Số điện thoại chưa đúng.")}, status=422)
        return settings_response(desk, form)
    except StaleDecision:
        return changed_meanwhile(desk, _("Số để người dân gọi"))
    return settings_response(desk, done="card", card_before=before)
