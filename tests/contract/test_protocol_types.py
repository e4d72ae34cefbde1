"""static/field/core/protocol.ts agrees with app/sync/wire/protocol.py and the commands."""

from typing import Annotated, Any, Literal, NotRequired, TypedDict

import protocol_types
import pytest
from pydantic import Field
from pydantic.fields import FieldInfo

from app.core.types import Command, Day, Moment, Number
from app.fieldwork.households.models import Household
from app.fieldwork.households.wire import HouseholdRow
from app.fieldwork.visits.commands import RecordVisit
from app.sync.applying.operations import HANDLERS, Handler


def committed() -> str:
    return protocol_types.TARGET.read_text(encoding="utf-8")


def test_the_committed_file_is_what_the_models_say() -> None:
    stale = f"{protocol_types.TARGET.name} is not what the models say. Run: {protocol_types.COMMAND}"
    assert committed() == protocol_types.render(), stale


def test_a_new_key_of_a_row_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(HouseholdRow.__annotations__, "gate", str | None)

    assert committed() != protocol_types.render()
    assert "  gate: string | null;\n" in protocol_types.render()


def test_a_new_field_of_a_command_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RecordVisit.model_fields, "minutes", FieldInfo(annotation=int))

    assert committed() != protocol_types.render()
    assert "  minutes: number;\n" in protocol_types.render()


def test_a_new_operation_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    class MergeHouseholds(Command):
        into: str

    handler = Handler(Household, MergeHouseholds, lambda *_: 1)
    monkeypatch.setitem(HANDLERS, "household.merge", handler)

    assert '  "household.merge": MergeHouseholds;\n' in protocol_types.render()
    assert "export type MergeHouseholds = {\n  into: string;\n};" in protocol_types.render()


def test_a_model_is_written_as_typescript_has_it() -> None:
    class Part(Command):
        marks: list[str | None]

    class Whole(Command):
        """Two words.

        And more.
        """

        at: Moment
        day: Day | None = None
        agreed: bool = False
        count: Number = 0
        kind: Annotated[Literal["a", 'b"'], Field(description="not shown")]
        parts: list[Part] = Field(default_factory=list)
        rest: dict[str, Any]

    assert list(protocol_types.reachable(Whole)) == [Part, Whole]
    assert protocol_types.definition(Part).splitlines() == [
        "export type Part = {",
        "  marks: (string | null)[];",
        "};",
    ]
    assert protocol_types.definition(Whole).splitlines() == [
        "/**",
        " * Two words.",
        " *",
        " * And more.",
        " */",
        "export type Whole = {",
        "  at: string;",
        "  day?: string | null;",
        "  agreed?: boolean;",
        "  count: number;",
        '  kind: "a" | "b\\"";',
        "  parts: Part[];",
        "  rest: Record<string, any>;",
        "};",
    ]


def test_a_key_that_may_be_missing_is_optional() -> None:
    class Row(TypedDict):
        size: NotRequired[int]
        open: bool

    assert protocol_types.definition(Row).splitlines() == [
        "export type Row = {",
        "  size?: number;",
        "  open: boolean;",
        "};",
    ]


def test_what_is_refined_is_there() -> None:
    known = {
        f"{shape.__name__}.{name}"
        for shape in protocol_types.shapes()
        for name, *_ in protocol_types.fields(shape)
    }

    assert set(protocol_types.REFINED) - known == set()
