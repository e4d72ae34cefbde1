"""POST /api/v1/sync: one exchange between a phone and the server."""

import zlib
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi import Request as HttpRequest
from fastapi.responses import Response
from pydantic_core import to_json
from sqlmodel import Session

from app.accounts import sign_in
from app.accounts.access import Actor
from app.accounts.models import Device
from app.core.clock import local_date, wire_time
from app.core.errors import Invalid, OtherDevice, Outdated, SignInRequired, TooLarge
from app.sync.protocol import MAX_OPERATIONS, PROTO, Answer, Request, is_older, read_request
from app.sync.pull import nothing, pull
from app.sync.push import push
from app.web.deps import Config, Db, Now, cookie_name
from app.web.security import SYNC_BODY
from app.web.sign_in import hamlets_of

router = APIRouter()

HEARTBEAT = timedelta(minutes=5)


async def read_body(request: HttpRequest) -> bytes:
    """The body as it came; `BodyLimit` has already read and bounded it."""
    return await request.body()


@router.post("/api/v1/sync")
def exchange(
    http: HttpRequest, body: Annotated[bytes, Depends(read_body)], database: Db, settings: Config, now: Now
) -> Response:
    """Apply what the phone sends, commit, then answer with results and with what changed."""
    cookie = http.cookies.get(cookie_name("device", settings))
    actor, contact_at = database.read(lambda session: _caller(session, cookie, now))
    request = read_request(_plain(body, http.headers.get("content-encoding", "")))
    if len(request.ops) > MAX_OPERATIONS:
        raise TooLarge("ops")
    if request.device_id != actor.device_id:
        raise OtherDevice
    results = []
    if request.ops or contact_at is None or now - contact_at >= HEARTBEAT:
        results = database.write(lambda session: push(session, actor, request, now))
    outdated = is_older(request.build, settings.min_build)
    if outdated and not request.ops:
        raise Outdated(settings.min_build)
    answer = database.read(lambda session: _answer(session, actor, request, now))
    answer["results"] = results
    if outdated:
        answer["min_build"] = settings.min_build
    return Response(to_json(answer), media_type="application/json", headers={"Cache-Control": "no-store"})


def _caller(session: Session, cookie: str | None, now: datetime) -> tuple[Actor, datetime | None]:
    actor = sign_in.who(session, cookie, now, device=True)
    if not actor.is_field:
        raise SignInRequired
    device = session.get(Device, (actor.commune_id, actor.device_id))
    return actor, device.last_contact_at if device else None


def _answer(session: Session, actor: Actor, request: Request, now: datetime) -> Answer:
    page = nothing(request) if actor.suspended else pull(session, actor, request, local_date(now))
    device = session.get(Device, (actor.commune_id, actor.device_id))
    told: Answer = {"erase": True} if actor.suspended else {}  # type: ignore[typeddict-item]
    return told | {
        "proto": PROTO,
        "server_time": wire_time(now),
        "epoch": page.epoch,
        "scope": actor.scope,
        "next_seq": device.next_seq if device else 1,
        "hamlets": hamlets_of(session, actor),
        "results": [],
        "reset": page.reset,
        "changes": page.changes,
        "cursor": page.cursor,
        "more": page.more,
        "left": page.left,
    }


def _plain(body: bytes, encoding: str) -> bytes:
    """The body without its gzip; a small body that would unpack beyond the limit is refused."""
    if encoding.lower() != "gzip":
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(body, SYNC_BODY + 1)
    except zlib.error:
        raise Invalid("body") from None
    if len(plain) > SYNC_BODY:
        raise TooLarge("body")
    if not unpacker.eof:
        raise Invalid("body")
    return plain
