"""The phone's shell, one page for every /field/* address. Its service worker answers all other requests."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from app.web.assets import built_file
from app.web.rendering import DIST, ROOT

router = APIRouter()


@router.get("/", include_in_schema=False)
def start() -> Response:
    return RedirectResponse("/field/", 307)


@router.get("/field/sw.js")
def service_worker(request: Request) -> Response:
    return built_file(DIST / "sw.js", request.headers, "text/javascript")


@router.get("/field/manifest.webmanifest")
def manifest(request: Request) -> Response:
    file = ROOT / "static" / "field" / "manifest.webmanifest"
    return built_file(file, request.headers, "application/manifest+json")


@router.get("/field")
def without_slash() -> Response:
    return RedirectResponse("/field/", 307)


@router.get("/field/{_path:path}")
def shell(_path: str, request: Request) -> Response:
    """The shell, so that every /field/* address works before the service worker is installed."""
    return built_file(DIST / "shell.html", request.headers, "text/html; charset=utf-8")


@router.post("/field/{path:path}")
def reject_early_form(path: str) -> Response:
    """A form that was submitted before the page's script ran: stores nothing and shows the form again."""
    return RedirectResponse(f"/field/{path}", 303)
