"""Addresses that people are told: of the instance, or of a commune that has a name of its own."""

from fastapi import Request
from sqlmodel import Session

from app.commune.areas import host_of
from app.web.deps import get_settings


def origin_of(request: Request, host: str | None) -> str:
    """Where people open the app, without a slash at the end; `host`: the name of their commune, if it has
    one."""
    settings, base = get_settings(request), request.base_url
    if host:
        return str(base.replace(hostname=host)).rstrip("/") if settings.is_demo else f"https://{host}"
    return settings.public_url.rstrip("/") or str(base).rstrip("/")


def commune_origin(session: Session, request: Request, commune_id: str) -> str:
    """Where the people of a commune open the app."""
    return origin_of(request, host_of(session, commune_id))
