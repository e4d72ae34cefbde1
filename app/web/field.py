"""The phone's shell: the same page at every /field/* address; the phone answers the rest itself."""

from fastapi import APIRouter
from fastapi.responses import FileResponse, RedirectResponse, Response

from app.web.rendering import DIST, ROOT

router = APIRouter()

_FRESH = {"Cache-Control": "no-cache"}


@router.get("/", include_in_schema=False)
def start() -> Response:
    return RedirectResponse("/field/", 307)


@router.get("/field/sw.js")
def service_worker() -> Response:
    return FileResponse(DIST / "sw.js", media_type="text/javascript", headers=_FRESH)


@router.get("/field/manifest.webmanifest")
def manifest() -> Response:
    file = ROOT / "static" / "field" / "manifest.webmanifest"
    return FileResponse(file, media_type="application/manifest+json", headers=_FRESH)


@router.get("/field")
def without_slash() -> Response:
    return RedirectResponse("/field/", 307)


@router.get("/field/{_path:path}")
def shell(_path: str) -> Response:
    """Every /field/* address is this one file, so that any of them works as a first visit."""
    return FileResponse(DIST / "shell.html", media_type="text/html; charset=utf-8", headers=_FRESH)


@router.post("/field/{path:path}")
def tapped_too_early(path: str) -> Response:
    """A form sent before the page's own script was ready: go back to the form, store nothing."""
    return RedirectResponse(f"/field/{path}", 303)
