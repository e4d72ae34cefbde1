"""/operator/communes/{id}/off and /on: switching a commune off, which is asked once, and on again."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.credentials import communes
from app.core.errors import NotFound
from app.core.strings import _
from app.web.desk.page.context import PathId
from app.web.frame import Frame
from app.web.operator.context import OperatorContext, operator_frame
from app.web.rendering import html

router = APIRouter()
PATH = "/operator/communes/{commune_id}"
Context = Annotated[OperatorContext, Depends()]


@dataclass(frozen=True)
class SwitchOffPage:
    """What templates/operator/commune_off.html shows."""

    title: str
    frame: Frame
    name: str
    back: str


@router.get(f"{PATH}/off")
def show_off_form(commune_id: PathId, context: Context) -> Response:
    """Ask for confirmation, with the consequences."""

    def load(session: Session) -> SwitchOffPage:
        commune = communes.find_commune(session, commune_id).commune
        if commune.started_at is None:
            raise NotFound
        return SwitchOffPage(
            title=_("Tạm dừng %(name)s?", name=commune.full_name),
            frame=operator_frame(context.operator),
            name=commune.full_name,
            back=f"/operator/communes/{commune_id}",
        )

    return html("operator/commune_off.html", context.database.read(load))


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
