"""The OpenAPI document of the JSON API: /api/v1/openapi.json."""

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app.core.errors import NotFound, SignInRequired
from app.core.types import JsonObject
from app.sync.applying.operations import HANDLERS
from app.sync.wire import protocol
from app.web.deps import Config, Db, Now, get_supervisor

router = APIRouter(include_in_schema=False)

Schema = JsonObject
_REF = "#/components/schemas/{model}"


@router.get("/api/v1/openapi.json")
def show_document(request: Request, database: Db, settings: Config, now: Now) -> JSONResponse:
    """The document: for everybody in demo mode, else for supervisors. Raises `NotFound` for others.

    It is meant for operators, who have no role of their own yet.
    """
    if not settings.is_demo:
        try:
            get_supervisor(request, database, settings, now)
        except SignInRequired:
            raise NotFound from None
    return JSONResponse(document(request.app), headers={"Cache-Control": "no-store"})


def document(app: FastAPI) -> Schema:
    """The routes of the API with the shapes of `app/sync/wire/protocol.py`.

    FastAPI describes the answers. It does not parse the body of `POST /api/v1/sync` (`read_request` does), so
    the shapes of that are added here.
    """
    described = app.openapi()
    described["components"]["schemas"].update(request_schemas())
    return described


def request_schemas() -> Schema:
    """The schemas of a request: `Request`, its operations, and the data of each type of operation."""
    commands = [handler.shape for handler in HANDLERS.values()]
    models: list[type[BaseModel]] = [protocol.Request, protocol.Operation, *commands]
    _, definitions = models_json_schema([(model, "validation") for model in models], ref_template=_REF)
    schemas: Schema = definitions["$defs"]
    # In the models both are plain dictionaries, because operations are validated one by one.
    schemas["Request"]["properties"]["ops"]["items"] = _ref("Operation")
    data = schemas["Operation"]["properties"]["data"]
    data.clear()
    data["anyOf"] = [_ref(command.__name__) for command in dict.fromkeys(commands)]
    return schemas


def error_answers(*statuses: int) -> dict[int | str, Schema]:
    """`responses` of a route that fails with these statuses."""
    return {status: {"model": protocol.ErrorAnswer} for status in statuses}


def json_body(model: str) -> Schema:
    """`openapi_extra` of a route that parses a body of this shape itself."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": _ref(model)}}}}


def _ref(model: str) -> Schema:
    return {"$ref": _REF.format(model=model)}
