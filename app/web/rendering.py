"""Rendering of pages: a template and its values. Templates of the office format them by filters."""

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from app.commune.accounts.models import ANONYMOUS
from app.commune.calendar.period import period_label
from app.core.clock import VIETNAM
from app.core.numbers.phone import display_phone
from app.core.strings import LANGUAGES, current_language, translate

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_APP = Path(__file__).resolve().parents[1]
_INSTALLED = _APP / "resources"
# The folder of `templates/` and `static/`: in an installed wheel inside the package, else the project's.
ROOT = _INSTALLED if _INSTALLED.is_dir() else _APP.parent
DIST = ROOT / "static" / "dist"


@lru_cache
def environment() -> Environment:
    """The server's Jinja2 environment: always autoescaped, missing values are errors."""
    env = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals |= {"_": _message, "language": current_language, "languages": LANGUAGES, "asset": asset}
    env.globals["ANONYMOUS"] = ANONYMOUS
    env.filters |= {"day": day, "moment": moment, "number": number, "phone": display_phone}
    env.filters |= {"clock": clock, "period": period_label}
    return env


def _message(message: str, **values: object) -> Markup:
    """`_()` of templates: the message is trusted HTML, its values are escaped."""
    return Markup(translate(message, values)) % values  # noqa: S704


def asset(name: str) -> str:
    """The fingerprinted address of a built file. Raises `KeyError` if the build wrote none of this name."""
    return _assets()[name]


@lru_cache
def _assets() -> dict[str, str]:
    addresses: dict[str, str] = json.loads((DIST / "assets.json").read_text(encoding="utf-8"))
    return addresses


def html(template: str, page: "DataclassInstance", status: int = 200) -> HTMLResponse:
    """`template` rendered with the fields of `page`, as an answer that no cache stores."""
    return render(template, {field.name: getattr(page, field.name) for field in fields(page)}, status)


def render(template: str, values: Mapping[str, Any], status: int = 200) -> HTMLResponse:
    """`template` rendered with these values, as an answer that no cache stores."""
    content = environment().get_template(template).render(values)
    return HTMLResponse(content, status, headers={"Cache-Control": "no-store"})


def day(value: date) -> str:
    """*24/11/2026*; of an instant the day in Vietnam."""
    if isinstance(value, datetime):
        value = value.astimezone(VIETNAM)
    return value.strftime("%d/%m/%Y")


def clock(value: datetime) -> str:
    """*16:40*, in Vietnam."""
    return value.astimezone(VIETNAM).strftime("%H:%M")


def moment(value: datetime) -> str:
    """*16:40 24/11/2026*, in Vietnam."""
    return value.astimezone(VIETNAM).strftime("%H:%M %d/%m/%Y")


def second(value: datetime) -> str:
    """*16:40:05 24/11/2026*, in Vietnam."""
    return value.astimezone(VIETNAM).strftime("%H:%M:%S %d/%m/%Y")


class ShownNumber(int):
    """A number of a lazy text, written as in the language of its reader."""

    def __str__(self) -> str:
        return number(self)


def number(value: int) -> str:
    """Thousands separated by dots, in English by commas: *1.234*."""
    return f"{value:,}" if current_language() == "en" else f"{value:,}".replace(",", ".")
