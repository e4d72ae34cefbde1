"""POST /api/v1/sync: one exchange between a phone and the server."""

import logging
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi import Request as HttpRequest
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic_core import to_json
from sqlmodel import Session
from starlette.requests import ClientDisconnect

from app.commune.accounts import devices, sessions
from app.commune.accounts.access import Actor
from app.commune.accounts.commune import team_hamlets
from app.commune.moving import moved_commune
from app.core.clock import local_date, wire_time
from app.core.config import Settings
from app.core.db import Database
from app.core.errors import Invalid, OtherDevice, Outdated, SignInRequired, TooLarge, Unavailable
from app.core.feed import CommuneMoved
from app.sync import phone_failures, signatures
from app.sync.export import keys
from app.sync.own_days import own_days
from app.sync.phone_failures import browser_of
from app.sync.pull import Page, empty_page, page_of_moved, pull
from app.sync.push import Pushed, push
from app.sync.wire.builds import is_older
from app.sync.wire.minimal_rows import minimal_results
from app.sync.wire.phone_settings import add_settings
from app.sync.wire.protocol import (
    MAX_BODY_BYTES,
    MAX_OPERATIONS,
    PROTO,
    Answer,
    OperationResult,
    Request,
    read_request,
)
from app.sync.wire.rows import RecordRow
from app.web.deps import Config, Db, Now, cookie_name
from app.web.monitoring.counters import count_failures, count_operations
from app.web.openapi import error_answers, json_body
from app.web.phone.callers import KnownCallers

router = APIRouter()
_log = logging.getLogger(__name__)
HEARTBEAT = timedelta(minutes=5)  # between two writes of a contact that brings no operations


@dataclass(frozen=True)
class Call:
    """A request with the cookie that came with it and the time of receipt. `min_build`: if its build is older
    than that one."""

    cookie: str | None
    request: Request
    now: datetime
    min_build: str | None


async def read_body(http: HttpRequest, database: Db, settings: Config, now: Now) -> bytes:
    """The body as it was sent; empty if the client disconnects. Raises `TooLarge`, `TooSlow` (`BodyLimit`).

    Raises `SignInRequired` before anything is read for a cookie that never was a phone's.
    """
    cookie, known = _cookie(http, settings), _known_callers(http)
    if cookie not in known:
        await run_in_threadpool(database.read, lambda session: _authenticate(session, cookie, now))
        known.add(cookie)
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
    body: Annotated[bytes, Depends(read_body)],
    database: Db,
    settings: Config,
    now: Now,
) -> Response:
    """Apply the operations, commit, then answer with their results and with the changes.

    The caller is found, the operations are applied and the answer is read in one visit to the database
    (`docs/decisions/0003-commit-before-the-answer.md`). The answer is returned as bytes, so that FastAPI
    does not validate it against `Answer`. Raises `SignInRequired`, `OtherDevice`, `Outdated`, `Invalid` or
    `TooLarge`, with nothing applied; and `Unavailable`, perhaps after the commit: the phone then sends the
    operations again.
    """
    request = read_request(decompress(body, http.headers.get("content-encoding", "")))
    if len(request.ops) > MAX_OPERATIONS:
        raise TooLarge("ops")
    min_build = settings.min_build if is_older(request.build, settings.min_build) else None
    call = Call(_cookie(http, settings), request, now, min_build)
    try:
        answer = None
        if not request.ops:
            answer = database.read(lambda session: _answer_without_contact(session, call))
        if answer is None:
            answer = database.write_then_read(
                lambda session: _push(session, call),
                lambda session, pushed: _answer(session, call, *pushed),
            )
    except SignInRequired:
        _known_callers(http).forget(call.cookie)
        raise
    count_operations(result["status"] for result in answer["results"])
    if request.failures:
        _record_failures(database, request.failures, http.headers.get("user-agent", ""), now)
    return Response(to_json(answer), media_type="application/json", headers={"Cache-Control": "no-store"})


def _record_failures(database: Database, failures: Mapping[str, int], user_agent: str, now: datetime) -> None:
    """Record what the phone tells of its own failures. The exchange is committed already and not undone."""
    count_failures(failures.values())
    browser = browser_of(user_agent)
    try:
        database.write(lambda session: phone_failures.record(session, failures, browser, now), is_shared=True)
    except Unavailable:
        _log.warning("The failures that a phone told of could not be recorded.")


def _cookie(http: HttpRequest, settings: Settings) -> str | None:
    return http.cookies.get(cookie_name("device", settings))


def _known_callers(http: HttpRequest) -> KnownCallers:
    known: KnownCallers = http.app.state.known_callers
    return known


def _authenticate(session: Session, cookie: str | None, now: datetime) -> Actor:
    """The actor of a phone's cookie. Raises `SignInRequired`."""
    actor = sessions.authenticate(session, cookie, now, device=True, is_delivery=True)
    if not actor.is_field:
        raise SignInRequired
    return actor


def _caller(session: Session, call: Call) -> Actor:
    """The actor who sent the request. Raises `SignInRequired` and `OtherDevice`."""
    actor = _authenticate(session, call.cookie, call.now)
    if call.request.device_id != actor.device_id:
        raise OtherDevice
    return actor


def _answer_without_contact(session: Session, call: Call) -> Answer | None:
    """The answer to a request without operations; None if its contact has to be recorded first."""
    actor = _caller(session, call)
    device = devices.find(session, actor)
    if device is None:
        raise SignInRequired
    contact_at = device["last_contact_at"]
    if contact_at is None or call.now - contact_at >= HEARTBEAT:
        return None
    if signatures.is_to_register(actor, device, call.request.device_key):
        return None
    return _answer(session, call, actor, Pushed([], device))


def _push(session: Session, call: Call) -> tuple[Actor, Pushed]:
    actor = _caller(session, call)
    return actor, push(session, actor, call.request, call.now)


def _result_rows(request: Request, results: list[OperationResult]) -> list[RecordRow]:
    """The rows that the phone stores from the results: those with the id that the operation names.

    It does not store the row of another household, into which the named one was merged.
    """
    rows = ((result["op_id"], result["row"]) for result in results if "row" in result)
    ids = {raw["op_id"]: raw["data"].get("id") for raw in request.ops if isinstance(raw.get("data"), dict)}
    return [row for op_id, row in rows if ids.get(op_id) == row["id"]]


def _answer(session: Session, call: Call, actor: Actor, pushed: Pushed) -> Answer:
    """The answer with the results of the push, whose rows it has not among its changes if the phone asks so.

    Raises `Outdated` for a build that is too old and has nothing to deliver, and `CommuneMoved` for a phone
    that has neither a list nor anything to deliver.
    """
    request, results = call.request, pushed.results
    if call.min_build and not request.ops:
        raise Outdated(call.min_build)
    if actor.moved_to and not request.ops and request.scope is None:
        raise CommuneMoved(actor.moved_to)
    if actor.suspended:
        page = empty_page(session, actor, request)
    elif actor.moved_to:
        page = page_of_moved(session, actor, request)
    else:
        omitted = _result_rows(request, results) if request.omit_result_rows else []
        page = pull(session, actor, request, local_date(call.now), [row["feed_seq"] for row in omitted])
    is_minimal = request.minimal_results
    answer: Answer = {
        "proto": PROTO,
        "server_time": wire_time(call.now),
        "epoch": page.epoch,
        "scope": request.scope or "" if actor.suspended else actor.scope,
        "next_seq": pushed.device["next_seq"],
        "hamlets": team_hamlets(session, actor),
        "results": minimal_results(request.ops, results, actor.account_id) if is_minimal else results,
        "reset": page.reset,
        "changes": page.changes,
        "cursor": page.cursor,
        "more": page.more,
        "left": page.left,
    }
    add_settings(answer, page.settings)
    _add_optional(session, call, actor, pushed, answer, page)
    _add_own_days(session, call, actor, answer)
    return answer


def _add_optional(
    session: Session, call: Call, actor: Actor, pushed: Pushed, answer: Answer, page: Page
) -> None:
    """What an answer has only if there is something to say."""
    if actor.suspended:
        answer["erase"] = True
    elif page.export_key_id is not None and page.export_key_id != call.request.export_key_id:
        answer["export_key"] = keys.public_row(session, actor.commune_id, page.export_key_id)
    if not actor.suspended and (other := devices.newest_other(session, pushed.device, call.now)):
        answer["other_phone"] = other
    if actor.role == "leader":
        answer["is_leader"] = True
    if actor.moved_to:
        answer["moved"] = moved_commune(session, actor, call.now)
    if page.closed_periods is not None:
        answer["closed_periods"] = page.closed_periods
    if call.min_build:
        answer["min_build"] = call.min_build


def _add_own_days(session: Session, call: Call, actor: Actor, answer: Answer) -> None:
    """The book of the phone's owner, if the phone asks for it and has another version. Nothing else computes
    it: an exchange that does not ask costs what it did."""
    version = call.request.days_version
    if version is None or actor.suspended or actor.moved_to:
        return
    found = own_days(session, actor, local_date(call.now), answer.get("month_start_day", 1))
    if found["version"] != version:
        answer["own_days"] = found


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
