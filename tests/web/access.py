"""Who may ask what: each route of the app with the people that its dependencies let in (docs/access.md)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

SUPERVISOR, OPERATOR, VIEWER = "supervisor", "operator", "province viewer"
SIGNED_IN, PHONE, TOKEN, ANYBODY = "signed in at the desk", "phone", "token", "anybody"

# The dependencies that refuse everybody else.
GUARDS = {
    "get_supervisor": SUPERVISOR,
    "ReadingContext": SUPERVISOR,
    "get_operator": OPERATOR,
    "get_viewer": VIEWER,
    "ProvinceReadingContext": VIEWER,
    "get_holder": SIGNED_IN,
    "get_card_owner": PHONE,
    "read_scope": TOKEN,
    "_scope": TOKEN,
}
RECENT_FACTOR = "require_recent_factor"
# Routes without such a dependency: they ask the session themselves, or there is nothing to protect.
OWN_ROWS = {
    "POST /api/v1/sync": PHONE,
    "POST /api/v1/encrypted-queue": PHONE,
    "POST /desk/second-factor/remove": SIGNED_IN,
    "POST /desk/second-factor/lost": SIGNED_IN,
    "POST /desk/second-factor/lost/stop": SIGNED_IN,
    "POST /desk/second-factor/passkey/options": SIGNED_IN,
    "POST /desk/second-factor/passkey/new-options": SIGNED_IN,
    "GET /metrics": TOKEN,
    **dict.fromkeys(
        (
            "DELETE /api/v1/devices/current",
            "GET /",
            "GET /api/v1/openapi.json",
            "GET /check",
            "GET /check/{code}",
            "GET /desk",
            "GET /desk/sign-in",
            "GET /field",
            "GET /field/manifest.webmanifest",
            "GET /field/sw.js",
            "GET /field/{path:path}",
            "GET /handbook",
            "GET /healthz",
            "GET /link",
            "GET /link/{token}",
            "GET /readyz",
            "GET /static/{folder}/{name:path}",
            "GET /upload",
            "POST /api/v1/devices",
            "POST /api/v1/export-files",
            "POST /desk/language",
            "POST /desk/sign-in",
            "POST /desk/sign-out",
            "POST /field/{path:path}",
            "POST /link",
            "POST /upload",
        ),
        ANYBODY,
    ),
}


@dataclass(frozen=True, order=True)
class Row:
    """One route: who it lets in, and whether it wants the second factor shown of late."""

    path: str
    method: str
    who: str
    factor: bool

    @property
    def name(self) -> str:
        """*GET /desk/visits*."""
        return f"{self.method} {self.path}"


def rows(app: FastAPI) -> list[Row]:
    """Every route of the app. Raises `LookupError`, which names it, for one that nothing says who may ask."""
    found = [_row(path, route) for path, route in _routes(app.routes)]
    if unused := OWN_ROWS.keys() - {row.name for row in found}:
        raise LookupError(f"no route any more: {', '.join(sorted(unused))}")
    return sorted(found)


def _routes(routes: list[Any]) -> Iterator[tuple[str, APIRoute]]:
    for route in routes:
        if not isinstance(route, APIRoute):
            raise LookupError(f"{type(route).__name__} {getattr(route, 'path', '')}: not a route of the app")
        yield route.path, route


def _row(path: str, route: APIRoute) -> Row:
    (method,) = route.methods or {""}
    names = set(_dependencies(route.dependant))
    who = {GUARDS[name] for name in names & GUARDS.keys()}
    if own := OWN_ROWS.get(f"{method} {path}"):
        who.add(own)
    if len(who) != 1:
        raise LookupError(f"{method} {path}: {' and '.join(sorted(who)) or 'nothing says who may ask it'}")
    return Row(path, method, who.pop(), RECENT_FACTOR in names)


def _dependencies(dependant: Any) -> Iterator[str]:
    for one in dependant.dependencies:
        yield getattr(one.call, "__name__", "")
        yield from _dependencies(one)
