"""The OpenAPI document of the JSON API, and what routes say for it."""

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app.core.types import JsonObject
from app.sync.applying.operations import HANDLERS
from app.sync.wire import protocol

Schema = JsonObject
_REF = "#/components/schemas/{model}"


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
