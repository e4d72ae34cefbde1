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

from app.accounts import devices, sign_in
from app.accounts.access import Actor
from app.core.batch import Row
from app.core.clock import local_date, wire_time
from app.core.errors import Invalid, OtherDevice, Outdated, SignInRequired, TooLarge
from app.sync.backup import keys
from app.sync.protocol import (
    MAX_BODY_BYTES,
    MAX_OPERATIONS,
    PROTO,
    Answer,
    HouseholdRow,
    OperationResult,
    Request,
    VisitRow,
    is_older,
    read_request,
)
from app.sync.pull import nothing, pull
from app.sync.push import push
from app.web.deps import Config, Db, Now, cookie_name
from app.web.sign_in import hamlets_of

router = APIRouter()

Told = HouseholdRow | VisitRow
HEARTBEAT = timedelta(minutes=5)


def get_caller(http: HttpRequest, database: Db, settings: Config, now: Now) -> tuple[Actor, Row]:
    """Who asks, on which device. Raises `SignInRequired`."""
    cookie = http.cookies.get(cookie_name("device", settings))
    return database.read(lambda session: _caller(session, cookie, now))


Caller = Annotated[tuple[Actor, Row], Depends(get_caller)]


async def read_body(http: HttpRequest, _caller: Caller) -> bytes:
    """The body as it came, read when it is known who asks. Raises `TooLarge` and `TooSlow` (`BodyLimit`)."""
    try:
        return await http.body()
    except ClientDisconnect:
        return b""


@router.post("/api/v1/sync")
def exchange(
    http: HttpRequest,
    caller: Caller,
    body: Annotated[bytes, Depends(read_body)],
    database: Db,
    settings: Config,
    now: Now,
) -> Response:
    """Apply what the phone sends, commit, then answer with results and with what changed."""
    actor, device = caller
    request = read_request(_plain(body, http.headers.get("content-encoding", "")))
    if len(request.ops) > MAX_OPERATIONS:
        raise TooLarge("ops")
    if request.device_id != actor.device_id:
        raise OtherDevice
    results: list[OperationResult] = []
    contact_at = device["last_contact_at"]
    if request.ops or contact_at is None or now - contact_at >= HEARTBEAT:
        results = database.write(lambda session: push(session, actor, request, now))
    outdated = is_older(request.build, settings.min_build)
    if outdated and not request.ops:
        raise Outdated(settings.min_build)
    told = _told(request, results) if request.once else []
    answer = database.read(lambda session: _answer(session, actor, request, now, told))
    answer["results"] = results
    if outdated:
        answer["min_build"] = settings.min_build
    return Response(to_json(answer), media_type="application/json", headers={"Cache-Control": "no-store"})


def _caller(session: Session, cookie: str | None, now: datetime) -> tuple[Actor, Row]:
    actor = sign_in.who(session, cookie, now, device=True)
    device = devices.find(session, actor)
    if not actor.is_field or device is None:
        raise SignInRequired
    return actor, device


def _told(request: Request, results: list[OperationResult]) -> list[Told]:
    """The rows that a phone takes from the results: it looks for each under the id that its operation named
    and so passes over that of a household which another was merged into."""
    rows = ((one["op_id"], one["row"]) for one in results if "row" in one)
    named = {raw["op_id"]: raw["data"].get("id") for raw in request.ops if isinstance(raw.get("data"), dict)}
    return [row for op_id, row in rows if named.get(op_id) == row["id"]]


def _answer(session: Session, actor: Actor, request: Request, now: datetime, told: list[Told]) -> Answer:
    numbers = [row["feed_seq"] for row in told]
    if actor.suspended:
        page = nothing(session, request)
    else:
        page = pull(session, actor, request, local_date(now), numbers)
    device = devices.find(session, actor)
    answer: Answer = {
        "proto": PROTO,
        "server_time": wire_time(now),
        "epoch": page.epoch,
        "scope": request.scope or "" if actor.suspended else actor.scope,
        "next_seq": device["next_seq"] if device else 1,
        "hamlets": hamlets_of(session, actor),
        "results": [],
        "reset": page.reset,
        "changes": page.changes,
        "cursor": page.cursor,
        "more": page.more,
        "left": page.left,
    }
    if actor.suspended:
        answer["erase"] = True
    elif page.key_id is not None and page.key_id != request.key:
        answer["backup_key"] = keys.public(session, actor.commune_id, page.key_id)
    return answer


def _plain(body: bytes, encoding: str) -> bytes:
    """The body without its gzip; a small body that would unpack beyond the limit is refused."""
    if encoding.lower() != "gzip":
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(body, MAX_BODY_BYTES + 1)
    except zlib.error:
        raise Invalid("body") from None
    if len(plain) > MAX_BODY_BYTES:
        raise TooLarge("body")
    if not unpacker.eof:
        raise Invalid("body")
    return plain
