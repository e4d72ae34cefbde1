"""POST /api/v1/sync: one exchange between a phone and the server."""

import zlib
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi import Request as HttpRequest
from fastapi.responses import Response
from pydantic_core import to_json
from sqlmodel import Session
from starlette.requests import ClientDisconnect

from app.accounts import devices, sessions
from app.accounts.access import Actor
from app.accounts.commune import team_hamlets
from app.accounts.models import DeviceValues
from app.core.clock import local_date, wire_time
from app.core.errors import Invalid, OtherDevice, Outdated, SignInRequired, TooLarge
from app.sync.export import keys
from app.sync.protocol import (
    MAX_BODY_BYTES,
    MAX_OPERATIONS,
    PROTO,
    Answer,
    OperationResult,
    Request,
    is_older,
    read_request,
)
from app.sync.pull import empty_page, pull
from app.sync.push import push
from app.sync.rows import RecordRow
from app.web.deps import Config, Db, Now, cookie_name
from app.web.openapi import error_answers, json_body

router = APIRouter()
HEARTBEAT = timedelta(minutes=5)  # between two writes of a contact that brings no operations


def get_caller(http: HttpRequest, database: Db, settings: Config, now: Now) -> tuple[Actor, DeviceValues]:
    """The actor and the device of the request's cookie. Raises `SignInRequired`."""
    cookie = http.cookies.get(cookie_name("device", settings))
    return database.read(lambda session: _caller(session, cookie, now))


Caller = Annotated[tuple[Actor, DeviceValues], Depends(get_caller)]


async def read_body(http: HttpRequest, _caller: Caller) -> bytes:
    """The body as it was sent; empty if the client disconnects. Raises `TooLarge`, `TooSlow` (`BodyLimit`).

    It depends on `_caller`, so that an unknown caller's body is not read into memory.
    """
    try:
        return await http.body()
    except ClientDisconnect:
        return b""


@router.post(
    "/api/v1/sync",
    response_model=Answer,
    responses=error_answers(401, 403, 408, 413, 422, 426, 503),
    openapi_extra=json_body("Request"),
)
def exchange(
    http: HttpRequest,
    caller: Caller,
    body: Annotated[bytes, Depends(read_body)],
    database: Db,
    settings: Config,
    now: Now,
) -> Response:
    """Apply the operations, commit, then answer with their results and with the changes.

    The answer is returned as bytes, so that FastAPI does not validate it against `Answer`. Raises
    `OtherDevice`, `Outdated`, `Invalid` or `TooLarge`, with nothing applied; and `Unavailable`, perhaps after
    the commit: the phone then sends the operations again.
    """
    actor, device = caller
    request = read_request(decompress(body, http.headers.get("content-encoding", "")))
    if len(request.ops) > MAX_OPERATIONS:
        raise TooLarge("ops")
    if request.device_id != actor.device_id:
        raise OtherDevice
    results: list[OperationResult] = []
    contact_at = device["last_contact_at"]
    if request.ops or contact_at is None or now - contact_at >= HEARTBEAT:
        results = database.write(lambda session: push(session, actor, request, now), is_shared=True)
    outdated = is_older(request.build, settings.min_build)
    if outdated and not request.ops:
        raise Outdated(settings.min_build)
    omitted = _result_rows(request, results) if request.omit_result_rows else []
    answer = database.read(lambda session: _answer(session, actor, request, now, omitted))
    answer["results"] = results
    if outdated:
        answer["min_build"] = settings.min_build
    return Response(to_json(answer), media_type="application/json", headers={"Cache-Control": "no-store"})


def _caller(session: Session, cookie: str | None, now: datetime) -> tuple[Actor, DeviceValues]:
    actor = sessions.authenticate(session, cookie, now, device=True)
    device = devices.find(session, actor)
    if not actor.is_field or device is None:
        raise SignInRequired
    return actor, device


def _result_rows(request: Request, results: list[OperationResult]) -> list[RecordRow]:
    """The rows that the phone stores from the results: those with the id that the operation names.

    It does not store the row of another household, into which the named one was merged.
    """
    rows = ((result["op_id"], result["row"]) for result in results if "row" in result)
    ids = {raw["op_id"]: raw["data"].get("id") for raw in request.ops if isinstance(raw.get("data"), dict)}
    return [row for op_id, row in rows if ids.get(op_id) == row["id"]]


def _answer(
    session: Session, actor: Actor, request: Request, now: datetime, omitted: list[RecordRow]
) -> Answer:
    """The answer without results; its changes do not contain the `omitted` rows."""
    omitted_seqs = [row["feed_seq"] for row in omitted]
    if actor.suspended:
        page = empty_page(session, request)
    else:
        page = pull(session, actor, request, local_date(now), omitted_seqs)
    device = devices.find(session, actor)
    answer: Answer = {
        "proto": PROTO,
        "server_time": wire_time(now),
        "epoch": page.epoch,
        "scope": request.scope or "" if actor.suspended else actor.scope,
        "next_seq": device["next_seq"] if device else 1,
        "hamlets": team_hamlets(session, actor),
        "results": [],
        "reset": page.reset,
        "changes": page.changes,
        "cursor": page.cursor,
        "more": page.more,
        "left": page.left,
    }
    if actor.suspended:
        answer["erase"] = True
    elif page.export_key_id is not None and page.export_key_id != request.export_key_id:
        answer["export_key"] = keys.public_row(session, actor.commune_id, page.export_key_id)
    return answer


def decompress(body: bytes, encoding: str) -> bytes:
    """The body without gzip. Raises `TooLarge` above `MAX_BODY_BYTES`, `Invalid` if it is not gzip."""
    if encoding.lower() != "gzip":
        return body
    decompressor = zlib.decompressobj(wbits=31)
    try:
        content = decompressor.decompress(body, MAX_BODY_BYTES + 1)
    except zlib.error:
        raise Invalid("body") from None
    if len(content) > MAX_BODY_BYTES:
        raise TooLarge("body")
    if not decompressor.eof:
        raise Invalid("body")
    return content
