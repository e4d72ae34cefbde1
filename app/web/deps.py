"""What routes are given: the database, the clock, who is asking."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Path, Request

from app.accounts import sign_in
from app.accounts.access import Actor
from app.core.config import Settings
from app.core.db import Database
from app.core.errors import NotFound

RecordId = Annotated[str, Path(max_length=64)]


def get_database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


def get_settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


def get_now(request: Request) -> datetime:
    """The instant of this request: one for the whole of it, from the app's clock."""
    now: datetime = request.app.state.clock()
    return now


Db = Annotated[Database, Depends(get_database)]
Config = Annotated[Settings, Depends(get_settings)]
Now = Annotated[datetime, Depends(get_now)]


def cookie_name(kind: str, settings: Settings) -> str:
    """`device` or `desk`; in production with the prefix that ties a cookie to HTTPS and this host."""
    return kind if settings.is_demo else f"__Host-{kind}"


def get_supervisor(request: Request, database: Db, settings: Config, now: Now) -> Actor:
    """The supervisor whose desk cookie this is. Raises `SignInRequired`, or `NotFound` for other roles."""
    cookie = request.cookies.get(cookie_name("desk", settings))
    actor = database.read(lambda session: sign_in.who(session, cookie, now, device=False))
    if actor.role != "supervisor":
        raise NotFound
    return actor


Supervisor = Annotated[Actor, Depends(get_supervisor)]
