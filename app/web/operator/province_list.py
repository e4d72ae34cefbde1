"""/operator/provinces: the provinces, each with its communes that have begun and its viewers."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.credentials import viewers
from app.commune.credentials.viewers import ProvinceEntry
from app.core.strings import _
from app.web.frame import Frame
from app.web.operator.context import PROVINCES, OperatorContext, operator_frame
from app.web.rendering import html, number

router = APIRouter()


@dataclass(frozen=True)
class ProvinceRow:
    """One province in the list."""

    href: str
    name: str
    begun: str
    viewers: str


@dataclass(frozen=True)
class ProvincesPage:
    """What templates/operator/provinces.html shows."""

    title: str
    frame: Frame
    rows: list[ProvinceRow]


@router.get(PROVINCES)
def show_provinces(context: Annotated[OperatorContext, Depends()]) -> Response:
    def load(session: Session) -> ProvincesPage:
        return ProvincesPage(
            title=_("Tỉnh, thành phố"),
            frame=operator_frame(context.operator, PROVINCES),
            rows=[_row(entry) for entry in viewers.list_provinces(session)],
        )

    return html("operator/provinces.html", context.database.read(load))


def _row(entry: ProvinceEntry) -> ProvinceRow:
    return ProvinceRow(
        href=f"{PROVINCES}/{entry.province.code}",
        name=entry.province.full_name,
        begun=f"{number(entry.begun)}/{number(entry.communes)}",
        viewers=number(entry.viewers),
    )
