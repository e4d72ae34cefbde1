"""`/handbook`: *Sổ tay tổ viên* for whoever has no account at the desk; the phone's *Trợ giúp* leads here."""

from fastapi import APIRouter
from fastapi.responses import Response

from app.core.strings import SOURCE, language
from app.web.handbooks.library import load_handbook
from app.web.rendering import render

router = APIRouter()
ADDRESS = "/handbook"
# A day: whoever has opened it there also reads it where there is no network.
_CACHE = "public, max-age=86400"


@router.get(ADDRESS)
@language(SOURCE)
def show_handbook() -> Response:
    """The members' handbook: the same for everybody, without anybody's data."""
    answer = render("public/handbook.html", {"handbook": load_handbook("member")})
    answer.headers["Cache-Control"] = _CACHE
    return answer
