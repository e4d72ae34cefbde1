"""The addresses of the service. The token is the password of HTTP *Basic*, or *Bearer*."""

import json
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import PlainTextResponse, Response
from sqlmodel import Session
from starlette.exceptions import HTTPException

from app.core.db import Database
from app.core.errors import SignInRequired
from app.reports.open_data.tokens import Scope
from app.reports.public_check import STEP
from app.web.deps import Db, Now, get_settings
from app.web.public.etag import with_etag
from app.web.public.odata import ADDRESS
from app.web.public.odata.entities import as_json, count, read_page
from app.web.public.odata.model import ENTITY_SETS, EntitySet, metadata
from app.web.public.odata.query import Options, QueryError, parse_options
from app.web.public.token import read_scope

router = APIRouter(prefix=ADDRESS, tags=["odata"], include_in_schema=False)
_JSON = "application/json;odata.metadata=minimal"
_VERSION = {"OData-Version": "4.0"}
_BASIC = {"WWW-Authenticate": 'Basic realm="Tung Nha", charset="UTF-8"'}


def _scope(request: Request, database: Db, now: Now) -> Scope:
    """What the token reads. Without one the answer asks for a password, as Excel and Power BI expect."""
    try:
        return read_scope(request, database, now)
    except SignInRequired:
        raise HTTPException(401, headers=_BASIC) from None


ODataScope = Annotated[Scope, Depends(_scope)]


@router.get("/")
def show_service(request: Request, _scope: ODataScope) -> Response:
    """The service document."""
    sets = [{"name": name, "kind": "EntitySet", "url": name} for name in ENTITY_SETS]
    return _json(request, {"@odata.context": f"{_root(request)}/$metadata", "value": sets})


@router.get("/$metadata")
def show_metadata(request: Request, _scope: ODataScope) -> Response:
    """The model of the service."""
    return with_etag(request, metadata().encode(), "application/xml", **_VERSION)


@router.get("/{name}")
def show_entities(name: str, request: Request, database: Db, scope: ODataScope) -> Response:
    """The entities of a set, a page of them."""
    return _answer(name, request, partial(_entities, request, database, scope))


@router.get("/{name}/$count")
def show_count(name: str, request: Request, database: Db, scope: ODataScope) -> Response:
    """How many there are."""

    def work(entity_set: EntitySet, options: Options) -> Response:
        number = database.read(lambda session: count(session, scope, entity_set, options))
        return PlainTextResponse(str(number), headers=_VERSION)

    return _answer(name, request, work)


def _answer(name: str, request: Request, work: Callable[[EntitySet, Options], Response]) -> Response:
    entity_set = ENTITY_SETS.get(name)
    if entity_set is None:
        return _error(404, "There is no such entity set.")
    try:
        return work(entity_set, parse_options(entity_set, request.query_params.multi_items()))
    except QueryError as refused:
        return _error(refused.status, str(refused))


def _entities(
    request: Request, database: Database, scope: Scope, entity_set: EntitySet, options: Options
) -> Response:
    def read(session: Session) -> dict[str, Any]:
        page = read_page(session, scope, entity_set, options)
        content: dict[str, Any] = {"@odata.context": f"{_root(request)}/$metadata#{entity_set.name}"}
        if len(options.select) < len(entity_set.properties):
            content["@odata.context"] += f"({','.join(options.select)})"
        content["@TungNha.roundedTo"] = STEP
        if options.is_counted:
            content["@odata.count"] = count(session, scope, entity_set, options)
        content["value"] = [as_json(entity, options.select) for entity in page.entities]
        if page.following:
            content["@odata.nextLink"] = _next(
                request, entity_set, options, page.following, len(page.entities)
            )
        return content

    return _json(request, database.read(read))


def _next(request: Request, entity_set: EntitySet, options: Options, token: str, sent: int) -> str:
    """The address of the next page: the same options, less what was sent."""
    parameters = {name: value for name, value in request.query_params.items() if name != "$count"}
    if options.top is not None:
        parameters["$top"] = str(options.top - sent)
    parameters["$skiptoken"] = token
    return f"{_root(request)}/{entity_set.name}?{urlencode(parameters)}"


def _root(request: Request) -> str:
    origin = get_settings(request).public_url.rstrip("/") or str(request.base_url).rstrip("/")
    return f"{origin}{ADDRESS}"


def _json(request: Request, content: dict[str, Any]) -> Response:
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return with_etag(request, body, _JSON, **_VERSION)


def _error(status: int, sentence: str) -> Response:
    content = {"error": {"code": str(status), "message": sentence}}
    return Response(json.dumps(content), status, media_type=_JSON, headers=_VERSION)
