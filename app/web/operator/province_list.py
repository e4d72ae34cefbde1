"""/operator/provinces: the provinces, each with its communes that have begun and its viewers."""

from fastapi import APIRouter
from fastapi.responses import Response

from app.commune.credentials import viewers
from app.web.operator.context import PROVINCES, Context
from app.web.screens import screen

router = APIRouter()


@router.get(PROVINCES)
def show_provinces(context: Context) -> Response:
    template = "operator/provinces.html"
    return screen(context, template, PROVINCES, lambda session: {"rows": viewers.list_provinces(session)})
