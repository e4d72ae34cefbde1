"""/operator/communes/{id}/off and /on: switching a commune off, which is asked once, and on again."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.credentials import communes
from app.core.errors import NotFound
from app.web.desk.page.context import PathId
from app.web.expired_session import OPERATOR_START
from app.web.operator.context import Context
from app.web.screens import screen

router = APIRouter()
PATH = "/operator/communes/{commune_id}"


@router.get(f"{PATH}/off")
def show_off_form(commune_id: PathId, context: Context) -> Response:
    """Ask for confirmation, with the consequences."""

    def load(session: Session) -> Mapping[str, Any]:
        commune = communes.find_commune(session, commune_id).commune
        if commune.started_at is None:
            raise NotFound
        return {"commune": commune}

    return screen(context, "operator/commune_off.html", OPERATOR_START, load)


@router.post(f"{PATH}/off")
def switch_off(commune_id: PathId, context: Context) -> Response:
    """*Tạm dừng*."""
    context.database.write(lambda s: communes.switch_off(s, context.operator, commune_id, context.now))
    return RedirectResponse(f"/operator/communes/{commune_id}", 303)


@router.post(f"{PATH}/on")
def switch_on(commune_id: PathId, context: Context) -> Response:
    """*Mở lại*."""
    context.database.write(lambda s: communes.switch_on(s, context.operator, commune_id, context.now))
    return RedirectResponse(f"/operator/communes/{commune_id}", 303)
