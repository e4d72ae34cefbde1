"""Pages: a declared page (frozen dataclass) and a template become an answer."""

import json
from dataclasses import fields
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.core.clock import VIETNAM

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "static" / "dist"


@lru_cache
def environment() -> Environment:
    """The one Jinja2 environment of the server: autoescape always, missing values are errors."""
    env = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    # newstyle: the template fills in the placeholders itself, escaped.
    install: Any = env
    install.install_gettext_callables(str, None, newstyle=True)
    env.globals["asset"] = asset
    return env


def asset(name: str) -> str:
    """The address of a built file, fingerprinted. Raises KeyError for a name the build does not know."""
    return _assets()[name]


@lru_cache
def _assets() -> dict[str, str]:
    known: dict[str, str] = json.loads((DIST / "assets.json").read_text(encoding="utf-8"))
    return known


def html(template: str, page: Any, status: int = 200) -> HTMLResponse:
    """`template` rendered with the fields of `page`, a frozen dataclass; never kept by any cache."""
    values = {field.name: getattr(page, field.name) for field in fields(page)}
    content = environment().get_template(template).render(values)
    return HTMLResponse(content, status, headers={"Cache-Control": "no-store"})


def day(value: date) -> str:
    """dd/MM/yyyy."""
    return value.strftime("%d/%m/%Y")


def moment(value: datetime) -> str:
    """HH:mm dd/MM/yyyy in Vietnam."""
    return value.astimezone(VIETNAM).strftime("%H:%M %d/%m/%Y")


def number(value: int) -> str:
    """1.234"""
    return f"{value:,}".replace(",", ".")
