"""/api/v1/openapi.json: the OpenAPI document of the JSON API."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from app.core.errors import NotFound, SignInRequired
from app.web.deps import Config, Db, Now, get_supervisor
from app.web.openapi import document
from app.web.public.token import read_scope

router = APIRouter(include_in_schema=False)


@router.get("/api/v1/openapi.json")
def show_document(request: Request, database: Db, settings: Config, now: Now) -> JSONResponse:
    """The document: for everybody in demo mode, else for supervisors and programs with a token of the read
    API. Raises `NotFound` for others, and `TooManyAttempts`.
    """
    if not settings.is_demo:
        try:
            if "authorization" in request.headers:
                read_scope(request, database, now)
            else:
                get_supervisor(request, database, settings, now)
        except SignInRequired:
            raise NotFound from None
    return JSONResponse(document(request.app), headers={"Cache-Control": "no-store"})
