"""Signing phones in and out: /api/v1/devices."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from sqlmodel import Session

from app.commune.accounts import sign_in, throttle
from app.commune.accounts.sessions import DEVICE_SESSION_LIFETIME
from app.commune.accounts.sign_in import Enrolment, InviteSearch
from app.commune.accounts.throttle import KNOWN_BROWSER_LIFETIME
from app.commune.areas import OtherAddress, refuse_other_host
from app.core.db import Database
from app.core.errors import InviteInvalid
from app.core.feed import CommuneOff
from app.core.numbers.phone import normalize_phone
from app.core.types import Id
from app.sync.enrolment import EnrolmentAnswer, enrol
from app.web.cookies import end_session, set_cookie
from app.web.deps import Config, Db, Now
from app.web.openapi import error_answers
from app.web.sign_in.guard import KNOWN_BROWSER, guard_for, remove_unprintable

router = APIRouter()
Redeemed = tuple[EnrolmentAnswer, str, str]  # with the values of the cookies of the session and the browser


class EnrolmentRequest(BaseModel):
    """Body of `POST /api/v1/devices`."""

    invite: str = Field(max_length=40)
    phone: str = Field(max_length=40)
    name: str = Field(default="", max_length=80)
    device_id: Id | None = None
    installation_id: Id | None = None
    next_seq: int | None = Field(default=None, ge=1, le=2**53)
    device_key: str | None = Field(default=None, max_length=200)


@router.post(
    "/api/v1/devices",
    status_code=201,
    response_model=EnrolmentAnswer,
    responses=error_answers(401, 403, 408, 409, 413, 422, 429, 503),
)
def enrol_device(
    body: EnrolmentRequest, request: Request, database: Db, settings: Config, now: Now
) -> Response:
    """Sign a phone in by invite code and phone number.

    The code is compared between two transactions: hashing it takes too long to hold a lock meanwhile.
    """
    enrolment = Enrolment(
        body.invite,
        body.phone,
        remove_unprintable(body.name),
        body.device_id,
        body.installation_id,
        body.device_key,
    )
    demo = settings.is_demo
    guard = guard_for(request, settings, "phone", normalize_phone(body.phone) or "unreadable")

    def begin(session: Session, commune_id: str) -> InviteSearch:
        if commune_id == communes[0]:
            throttle.count_attempt(session, guard.attempt, now)
        return sign_in.begin_redeeming(session, commune_id, enrolment, now, demo=demo)

    def redeem(session: Session, commune_id: str) -> Redeemed:
        account, invited_by = sign_in.redeem_invite(session, commune_id, enrolment, match, now, demo=demo)
        refuse_other_host(session, commune_id, request.url.hostname)
        answer, cookie = enrol(session, account, enrolment, invited_by, body.next_seq or 1, now)
        return answer, cookie, throttle.record_success(session, guard.attempt, now)

    with guard.log_refusal():
        communes = database.read(lambda session: sign_in.communes_of(session, enrolment))
        searches = [database.write(partial(begin, commune_id=commune_id)) for commune_id in communes]
        match = sign_in.match_code(searches, enrolment.invite)
        forget = partial(sign_in.forget_failures, enrolment=enrolment, match=match, now=now, demo=demo)
        answer, cookie, browser = _redeemed(database, communes, redeem, forget)
    guard.log_success(answer["account"]["id"])
    response = JSONResponse(answer, 201, headers={"Cache-Control": "no-store"})
    set_cookie(response, "device", cookie, DEVICE_SESSION_LIFETIME, settings)
    set_cookie(response, KNOWN_BROWSER, browser, KNOWN_BROWSER_LIFETIME, settings)
    return response


def _redeemed(
    database: Database,
    communes: Sequence[str],
    redeem: Callable[..., Redeemed],
    forget: Callable[..., None],
) -> Redeemed:
    """Redeem the code in the first of the communes that knows it, each in a transaction of its own: one
    commune's rows may lie on another machine than the next one's. Raises `InviteInvalid`, and `CommuneOff`
    and `OtherAddress` after `forget`."""
    for commune_id in communes:
        with suppress(InviteInvalid):
            try:
                return database.write(partial(redeem, commune_id=commune_id))
            except (CommuneOff, OtherAddress):
                database.write(partial(forget, commune_id=commune_id))
                raise
    raise InviteInvalid


@router.delete("/api/v1/devices/current", status_code=204, responses=error_answers(403, 503))
def sign_device_out(request: Request, database: Db, settings: Config) -> Response:
    """End this phone's session. Its outbox stays on the phone."""
    return end_session(Response(status_code=204), "device", request, database, settings)
