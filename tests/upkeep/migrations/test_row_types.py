"""The `TypedDict` of a model's rows has the model's columns, which nothing else checks."""

import sys
from typing import get_type_hints

from sqlmodel import SQLModel

from app.commune.accounts.models import Device
from app.upkeep.migrations.tables import MODELS
from tests.cases import cases


def row_type(model: type[SQLModel]) -> type | None:
    """The type `…Values` beside a model, if it has one."""
    return getattr(sys.modules[model.__module__], f"{model.__name__}Values", None)


def test_row_types_are_found_beside_their_models() -> None:
    assert row_type(Device) is not None


@cases("model", [model for model in MODELS if row_type(model)])
def test_row_type_has_the_fields_of_its_model(model: type[SQLModel]) -> None:
    values = row_type(model)
    assert values is not None
    assert get_type_hints(values) == {name: field.annotation for name, field in model.model_fields.items()}
