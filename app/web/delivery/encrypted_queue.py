"""POST /api/v1/encrypted-queue: a phone delivers what it has sealed itself after a long silence.

Unlike a file that is carried for somebody else, it is answered with what became of the operations, because
the phone cannot read them any more and deletes the file.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from app.commune.accounts import sessions
from app.sync.export.encrypted_queue import RefusedOfQueue, import_encrypted_queue
from app.sync.wire.protocol import PROTO
from app.web.bodies import ENCRYPTED_QUEUE
from app.web.delivery.limits import delivery_limits
from app.web.delivery.other_phone import FILE_BODY, read_file
from app.web.deps import Config, Db, Now, cookie_name
from app.web.openapi import error_answers

router = APIRouter()


class QueueAnswer(BaseModel):
    """The answer to a sealed queue. `stored`: operations that the server has; `retry`: those for which the
    file has to be delivered again; `refused`: those that their author has to correct."""

    proto: int
    stored: int
    retry: int
    refused: list[RefusedOfQueue]


@router.post(
    ENCRYPTED_QUEUE,
    response_model=QueueAnswer,
    responses=error_answers(401, 403, 408, 413, 422, 429, 503),
    openapi_extra=FILE_BODY,
)
def deliver_encrypted_queue(
    request: Request,
    content: Annotated[bytes, Depends(read_file)],
    database: Db,
    settings: Config,
    now: Now,
) -> Response:
    """Apply the operations as the caller's own, each once. Raises `FileRefused`."""
    cookie = request.cookies.get(cookie_name("device", settings))
    actor = database.read(
        lambda session: sessions.authenticate(session, cookie, now, device=True, is_delivery=True)
    )
    with delivery_limits(request).import_slot(actor.commune_id):
        summary = import_encrypted_queue(database, content, actor, now)
    answer = QueueAnswer(proto=PROTO, stored=summary.stored, retry=summary.retry, refused=summary.refused)
    return JSONResponse(answer.model_dump(), headers={"Cache-Control": "no-store"})
