"""POST /api/v1/card: what a phone shows as its owner's card, and the secret by which it answers.

Apart from the exchange, because nothing that is recorded depends on it, and because the secret is stored by
code that a phone loads later (docs/decisions/0172-a-card-is-checked-by-telephone.md).
"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from sqlmodel import Session

from app.commune.accounts import sessions
from app.commune.accounts.access import Actor
from app.commune.card import keys
from app.commune.card.content import content_of
from app.core.errors import OtherDevice, SignInRequired
from app.sync.wire.card import CardAnswer, CardRequest
from app.sync.wire.protocol import PROTO
from app.web.deps import Config, Db, Now, cookie_name
from app.web.openapi import error_answers

router = APIRouter()


def get_card_owner(request: Request, database: Db, settings: Config, now: Now) -> Actor:
    """The member whose phone it is. Raises `SignInRequired`, also for a phone that was revoked and an account
    that has ended; before anything of the body is looked at."""
    cookie = request.cookies.get(cookie_name("device", settings))
    actor = database.read(lambda session: sessions.authenticate(session, cookie, now, device=True))
    if not actor.is_field or actor.suspended:
        raise SignInRequired
    return actor


@router.post("/api/v1/card", response_model=CardAnswer, responses=error_answers(401, 403, 408, 413, 422, 503))
def renew_card(
    owner: Annotated[Actor, Depends(get_card_owner)], body: CardRequest, database: Db, now: Now
) -> Response:
    """What the card of the phone's owner says, and the key that the phone has to store. Raises
    `OtherDevice`."""
    if owner.device_id != body.device_id:
        raise OtherDevice
    answer = database.write(lambda session: _answer(session, owner, body, now))
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})


def _answer(session: Session, owner: Actor, body: CardRequest, now: datetime) -> CardAnswer:
    key = keys.exchange(session, owner.commune_id, body.device_id, body.key_id, now)
    content = content_of(session, owner, owner.account_id)
    answer: CardAnswer = {
        "proto": PROTO,
        "name": content.name,
        "team": content.team,
        "commune": content.commune,
        "phone": content.phone,
    }
    if key is not None:
        answer["key"] = key
    return answer
