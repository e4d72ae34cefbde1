"""Code of the app that is not in it: a function that the guard takes for one of the app's."""

from typing import Any

from tests.tenancy.callers import ROOT

IMPORTS = """
from sqlalchemy import delete, select, text, update
from sqlmodel import col
from app.commune.accounts.models import Account, Team
from app.core.db import Database
from app.fieldwork.households.models import Household
from app.fieldwork.visits.models import Visit, VisitService
"""


def planted(body: str, file: str = "app/planted.py") -> Any:
    """The function `work(session, world)` or `run(database, world)` of this source, in a file of the app."""
    names: dict[str, Any] = {}
    exec(compile(IMPORTS + body, f"{ROOT}{file}", "exec"), names)
    return names.get("work") or names["run"]
