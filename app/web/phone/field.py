"""The phone's shell, one page for every /field/* address. Its service worker answers all other requests."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from app.web.assets import built_file
from app.web.deps import Config, cookie_name
from app.web.rendering import DIST

router = APIRouter()


@router.get("/field/sw.js")
def service_worker(request: Request) -> Response:
    return built_file(DIST / "sw.js", request.headers, "text/javascript")


@router.get("/field/manifest.webmanifest")
def manifest(request: Request) -> Response:
    return built_file(DIST / "manifest.webmanifest", request.headers, "application/manifest+json")


@router.get("/field")
def without_slash() -> Response:
    return RedirectResponse("/field/", 307)


@router.get("/field/{path:path}")
def shell(path: str, request: Request, settings: Config) -> Response:
    """The shell, so that every /field/* address works before the service worker is installed; with the
    sign-in page in it for a browser in which nobody has signed in."""
    is_first = path in ("", "sign-in") and cookie_name("device", settings) not in request.cookies
    name = "sign-in.html" if is_first else "shell.html"
    return built_file(DIST / name, request.headers, "text/html; charset=utf-8")


@router.post("/field/{path:path}")
def reject_early_form(path: str) -> Response:
    """A form that was submitted before the page's script ran: stores nothing and shows the form again."""
    return RedirectResponse(f"/field/{path}", 303)
