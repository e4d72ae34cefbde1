"""What the desk's filters and forms are made of: their fields as a route takes them, and their choices."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Form, Query

_MAX_ID, _MAX_TEXT = 64, 80

# Limits, because every row of the list repeats the filters in its address, and each search word costs time.
IdFilter = Annotated[str, Query(max_length=_MAX_ID)]
TextFilter = Annotated[str, Query(max_length=_MAX_TEXT)]
EncryptedFilter = Annotated[str, Query(max_length=600)]  # 80 characters of four bytes each, encrypted
IdField = Annotated[str, Form(max_length=_MAX_ID)]
TextField = Annotated[str, Form(max_length=_MAX_TEXT)]


@dataclass(frozen=True)
class Option:
    """A choice of a filter or a form."""

    value: str
    label: str
    chosen: bool
