"""Dependencies of routes: the database, the settings, the time, the supervisor, operator or viewer.

Those that wait for nothing are `async`: FastAPI gives every other one to a thread.
"""

from contextlib import suppress
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from sqlmodel import Session

from app.commune.accounts import sessions
from app.commune.accounts.access import Actor
from app.commune.credentials import cookies
from app.commune.credentials.instance_people import InstancePeople, P, S
from app.commune.credentials.models import Operator, ProvinceViewer
from app.commune.credentials.operators import OPERATORS
from app.commune.credentials.second_step import holder, losing
from app.commune.credentials.second_step.holder import Holder
from app.commune.credentials.viewers import VIEWERS
from app.core.config import Settings
from app.core.db import Database
from app.core.errors import NotFound, SignInRequired, Unavailable


async def get_database(request: Request) -> Database:
    """The app's database."""
    database: Database = request.app.state.database
    return database


def get_settings(request: Request) -> Settings:
    """The app's settings."""
    settings: Settings = request.app.state.settings
    return settings


async def _settings(request: Request) -> Settings:
    return get_settings(request)


async def get_now(request: Request) -> datetime:
    """The time of this request, from the app's clock; the same for all its dependencies."""
    now: datetime = request.app.state.clock()
    return now


BACKGROUND = "x-background"  # what pages send with requests of their own

Db = Annotated[Database, Depends(get_database)]
Config = Annotated[Settings, Depends(_settings)]
Now = Annotated[datetime, Depends(get_now)]


def cookie_name(kind: str, settings: Settings) -> str:
    """The name of the cookie `kind`: in production with the prefix that binds it to HTTPS and this host."""
    return kind if settings.is_demo else f"__Host-{kind}"


def desk_cookie(request: Request, settings: Settings) -> str | None:
    """The value of the desk's cookie."""
    return request.cookies.get(cookie_name("desk", settings))


def is_background(request: Request) -> bool:
    """Whether a page sent the request by itself: nobody has used the desk."""
    return BACKGROUND in request.headers


def get_supervisor(request: Request, database: Db, settings: Config, now: Now) -> Actor:
    """The supervisor of the desk cookie. Raises `SignInRequired`, and `NotFound` for other roles."""
    cookie = desk_cookie(request, settings)

    def find(session: Session) -> tuple[Actor, bool]:
        actor, is_use_due = sessions.authenticate_desk(session, cookie, now)
        return losing.with_own_loss(session, actor, now), is_use_due

    try:
        actor, is_use_due = database.read(find)
    except SignInRequired:
        database.read(lambda session: cookies.refuse_instance_people(session, cookie, now))
        raise
    if is_use_due and not is_background(request):
        with suppress(Unavailable):  # a disk that is full must not keep anybody from reading
            database.write(lambda session: sessions.record_use(session, cookie, now))
    if actor.role != "supervisor":
        raise NotFound
    return actor


Supervisor = Annotated[Actor, Depends(get_supervisor)]


def get_operator(request: Request, database: Db, settings: Config, now: Now) -> Operator:
    """The operator of the desk cookie. Raises `SignInRequired`, and `NotFound` for others."""
    return _instance_person(OPERATORS, desk_cookie(request, settings), database, now)


def get_viewer(request: Request, database: Db, settings: Config, now: Now) -> ProvinceViewer:
    """The province viewer of the desk cookie. Raises `SignInRequired`, and `NotFound` for others."""
    return _instance_person(VIEWERS, desk_cookie(request, settings), database, now)


def _instance_person(
    people: InstancePeople[P, S], cookie: str | None, database: Database, now: datetime
) -> P:
    def find(session: Session) -> tuple[P, bool]:
        person = cookies.authenticate_person(session, people, cookie, now)
        return person, people.is_use_recorded(session, cookie, now)

    person, is_recorded = database.read(find)
    if not is_recorded:
        with suppress(Unavailable):
            database.write(lambda session: people.record_use(session, cookie, now))
    return person


def get_holder(request: Request, database: Db, settings: Config, now: Now) -> Holder:
    """Whoever signed in, whatever has to be shown before the session opens anything. Raises
    `SignInRequired`."""
    cookie = desk_cookie(request, settings)
    return database.read(lambda session: holder.find_holder(session, cookie, now))


SessionHolder = Annotated[Holder, Depends(get_holder)]
SignedInOperator = Annotated[Operator, Depends(get_operator)]
SignedInViewer = Annotated[ProvinceViewer, Depends(get_viewer)]
