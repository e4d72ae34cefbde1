"""The phone's shell: the same page at every /field/* address; the phone answers the rest itself."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from app.web.assets import built
from app.web.rendering import DIST, ROOT

router = APIRouter()


@router.get("/", include_in_schema=False)
def start() -> Response:
    return RedirectResponse("/field/", 307)


@router.get("/field/sw.js")
def service_worker(request: Request) -> Response:
    return built(DIST / "sw.js", request.headers, "text/javascript")


@router.get("/field/manifest.webmanifest")
def manifest(request: Request) -> Response:
    file = ROOT / "static" / "field" / "manifest.webmanifest"
    return built(file, request.headers, "application/manifest+json")


@router.get("/field")
def without_slash() -> Response:
    return RedirectResponse("/field/", 307)


@router.get("/field/{_path:path}")
def shell(_path: str, request: Request) -> Response:
    """Every /field/* address is this one file, so that any of them works as a first visit."""
    return built(DIST / "shell.html", request.headers, "text/html; charset=utf-8")


@router.post("/field/{path:path}")
def tapped_too_early(path: str) -> Response:
    """A form sent before the page's own script was ready: go back to the form, store nothing."""
    return RedirectResponse(f"/field/{path}", 303)
