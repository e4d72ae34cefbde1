"""POST /api/v1/export-files: a signed-in phone delivers the export file of another one.

The session only says who may deliver. The operations are applied as their owner's, from the owner's device.
"""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from sqlmodel import Session
from starlette.requests import ClientDisconnect

from app.commune.accounts import sessions, throttle
from app.core.errors import SignInRequired
from app.sync.wire.protocol import PROTO
from app.web.delivery.limits import delivery_limits
from app.web.deps import Config, Db, Now, cookie_name
from app.web.middleware.security import client_address
from app.web.openapi import error_answers

router = APIRouter()

_FILE = {"type": "string", "format": "binary"}
FILE_BODY = {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": _FILE}}}}


class Delivered(BaseModel):
    """The answer to a delivered file. It has a body, so that no captive portal can be taken for it."""

    proto: int
    delivered: bool


async def read_file(request: Request, database: Db, settings: Config, now: Now) -> AsyncIterator[bytes]:
    """The body, read once the sender is known to be a phone that is within the limit of deliveries.

    Raises `SignInRequired`, `Busy`, `TooManyAttempts`, `TooLarge` and `TooSlow`.
    """
    cookie = request.cookies.get(cookie_name("device", settings))

    def admit(session: Session) -> tuple[str, str]:
        actor = sessions.authenticate(session, cookie, now, device=True, is_delivery=True)
        if not actor.is_field:
            raise SignInRequired
        throttle.count_delivery(session, f"{actor.commune_id} {actor.device_id}", now, is_public=False)
        return actor.device_id or "", actor.commune_id

    sender, commune_id = await run_in_threadpool(database.write, admit)
    limits = delivery_limits(request)
    with limits.phones.slot(sender), limits.communes.slot(commune_id):
        try:
            content = await request.body()
        except ClientDisconnect:
            content = b""
        yield content


@router.post(
    "/api/v1/export-files",
    response_model=Delivered,
    responses=error_answers(401, 403, 408, 413, 422, 429, 503),
    openapi_extra=FILE_BODY,
)
def deliver_file(
    request: Request, content: Annotated[bytes, Depends(read_file)], database: Db, now: Now
) -> Response:
    """Apply the file's operations as their owner's, each once. Raises `FileRefused`."""
    delivery_limits(request).deliver(database, content, now, "phone", client_address(request.scope))
    return JSONResponse({"proto": PROTO, "delivered": True}, headers={"Cache-Control": "no-store"})
