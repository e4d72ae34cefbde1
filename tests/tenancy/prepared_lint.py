"""Looks at every statement that a module prepares when it is imported: does it keep the rule
(`tests.tenancy.rule`)? `make lint` runs it. Statements that are made later, tests see as they are sent.
"""

import gc
import importlib
import pkgutil
import sys
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any

from sqlalchemy.dialects import sqlite

import app
from app.core.sql.prepared import Prepared
from tests.tenancy.rule import unbound

# Scripts that do their work when they are imported.
_SCRIPTS = ("_process", ".decompression", ".__main__", ".migrations.env")
# What asks all communes, and why.
ALLOWED = {
    "app.fieldwork.derived.flags.unevaluated._COMMUNES": "finds the communes that wait for their flags",
}


def statements() -> list[tuple[str, Prepared[Any]]]:
    """The prepared statements of all modules, by module and name. An upsert is looked at in PostgreSQL's
    words."""
    names: dict[int, str] = {}
    for module in list(_modules()):
        for name, value in vars(module).items():
            for one in _prepared_in(value):
                names.setdefault(id(one), f"{module.__name__}.{name}")
    gc.unfreeze()  # what is frozen is not among the objects
    prepared = [one for one in gc.get_objects() if isinstance(one, Prepared)]
    gc.freeze()
    return [
        (names.get(id(one), "a statement without a name"), one)
        for one in prepared
        if not isinstance(one._statement, sqlite.Insert)
    ]


def _modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(app.__path__, "app."):
        if not found.name.endswith(_SCRIPTS) and ".versions" not in found.name:
            yield importlib.import_module(found.name)


def _prepared_in(value: object, depth: int = 3) -> Iterator[Prepared[Any]]:
    """The statements that a module's name stands for, also within what it holds."""
    if isinstance(value, Prepared):
        yield value
    elif depth:
        inner: Iterable[object] = ()
        if isinstance(value, dict):
            inner = value.values()
        elif isinstance(value, list | tuple):
            inner = value
        elif type(value).__module__.startswith("app."):
            inner = list(getattr(value, "__dict__", {}).values())
        for one in inner:
            yield from _prepared_in(one, depth - 1)


def complaints(prepared: Iterable[tuple[str, Prepared[Any]]]) -> list[str]:
    """The statements that do not keep the rule, each with the tables that lack their commune."""
    wrong = ((name, unbound(one._statement)) for name, one in prepared if name not in ALLOWED)
    return sorted(f"{name}: {', '.join(tables)}" for name, tables in wrong if tables)


if __name__ == "__main__":
    if wrong := complaints(statements()):
        sys.exit("Without a commune of its own (commune_id = :parameter):\n" + "\n".join(wrong))
