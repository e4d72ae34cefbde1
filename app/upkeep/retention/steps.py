"""A step of retention: the columns that it empties, how it finds the rows, and what it does with them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column
from sqlmodel import Session, SQLModel

from app.core.db import BatchModel, table_of
from app.core.personal_data.codes import Term
from app.core.personal_data.columns import term_of
from app.core.types import Row

Columns = tuple[Column[Any], ...]
Find = Callable[[Session, str, datetime, int], list[Row]]
Purge = Callable[[Session, str, list[Row], datetime], None]


@dataclass(frozen=True)
class Step:
    """`name`: of its count in the desk log. `find(session, commune_id, before, most)` finds the keys of at
    most so many rows of before an instant, and none of what is pending; `purge(session, commune_id, found,
    before)` takes them, in the same transaction. `is_of_authors`: it needs the anonymous account."""

    name: str
    columns: Columns
    find: Find
    purge: Purge
    is_of_authors: bool = False

    @property
    def term(self) -> Term:
        """The term of its columns. Raises `ValueError` if they have different ones, or one has none."""
        (term,) = {term_of(column) for column in self.columns}
        if term is None:
            raise ValueError(f"{self.name}: its columns have no term")
        return term


def columns_of(model: type[SQLModel] | type[BatchModel], names: str) -> Columns:
    """The columns of a model with these names, which have spaces between them. Raises `KeyError`."""
    return tuple(table_of(model).columns[name] for name in names.split())


def all_columns_of(*models: type[SQLModel]) -> Columns:
    """The columns of these models that have a term: of rows that are deleted as a whole."""
    return tuple(column for model in models for column in table_of(model).columns if term_of(column))
