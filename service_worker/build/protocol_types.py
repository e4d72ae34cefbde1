"""Writes static/field/core/protocol.ts: the shapes of the wire as types, and its numbers.

Run it after a change of `app/sync/wire/protocol.py` or of a command that `HANDLERS` names:
``.venv/bin/python service_worker/build/protocol_types.py``. The build does not: it knows nothing of the app.
"""

import json
import sys
from collections.abc import Iterator
from datetime import date
from inspect import cleandoc
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import AwareDatetime, BaseModel
from typing_extensions import is_typeddict

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from app import __version__  # noqa: E402
from app.commune.catalog.services import Outcome, Pillar, Unit  # noqa: E402
from app.fieldwork.households.models import FactValue, HouseholdFact, HouseholdState  # noqa: E402
from app.fieldwork.outreach.models import Venue  # noqa: E402
from app.fieldwork.remarks.models import RemarkKind  # noqa: E402
from app.fieldwork.visits.codes import Result, ReturnField, ReturnReason, ReviewState  # noqa: E402
from app.review.citizen_requests.deadlines import Kind as RequestKind  # noqa: E402
from app.sync.applying.operations import HANDLERS  # noqa: E402
from app.sync.wire.card import CardAnswer, CardRequest  # noqa: E402
from app.sync.wire.phone_settings import Question  # noqa: E402
from app.sync.wire.protocol import (  # noqa: E402
    MAX_BODY_BYTES,
    MAX_OPERATIONS,
    PROTO,
    Answer,
    Operation,
    OperationStatus,
    Queue,
    Request,
)

TARGET = ROOT / "static/field/core/protocol.ts"
COMMAND = ".venv/bin/python service_worker/build/protocol_types.py"

PLAIN: dict[Any, str] = {
    Any: "any",
    NoneType: "null",
    str: "string",
    bool: "boolean",
    int: "number",
    date: "string",
    AwareDatetime: "string",
}

MAX_LINE = 120
NAMES_OF_CODES: dict[Any, str] = {
    Result: "Result",
    ReviewState: "ReviewState",
    ReturnReason: "ReturnReason",
    ReturnField: "ReturnField",
    Outcome: "Outcome",
    Pillar: "Pillar",
    Unit: "Unit",
    HouseholdState: "HouseholdState",
    HouseholdFact: "HouseholdFact",
    FactValue: "FactValue",
    Question: "Question",
    Venue: "Venue",
    RemarkKind: "RemarkKind",
    RequestKind: "RequestKind",
    OperationStatus: "OperationStatus",
}

# Where the phone needs another type than the one Python declares, mostly a narrower one.
REFINED = {
    "Request.proto": "number",
    "Request.ops": "Operation[]",
    "Request.failures": "Record<string, number>",
    "Operation.type": "OperationType",
    # The phone leaves these out and never writes null.
    "Operation.epoch": "string",
    "Operation.acked_version": "number",
    # Null only on the phone, before the server has the visit.
    "VisitRow.received_at": "string | null",
    "VisitRow.counted_on": "string | null",
    "VisitRow.services": "ServiceEntry[]",
    "ServiceRow.label": "{ vi: string; en: string }",
}


def main() -> None:
    TARGET.write_text(render(), encoding="utf-8")


def render() -> str:
    """The whole of protocol.ts."""
    head = f"// Generated from app/sync/wire/protocol.py by `{COMMAND}`; do not edit."
    lint = "// biome-ignore-all lint/suspicious/noExplicitAny: the data of an operation depend on its type."
    return (
        "\n\n".join(
            [
                f"{head}\n{lint}",
                constants(),
                "\n".join(codes()),
                *map(definition, shapes()),
                operation_types(),
            ]
        )
        + "\n"
    )


def constants() -> str:
    held = Queue.model_json_schema()["properties"]["held"]["maxItems"]
    numbers = {
        "PROTO": PROTO,
        "MAX_OPERATIONS": MAX_OPERATIONS,
        "MAX_REQUEST_BYTES": MAX_BODY_BYTES,
        "MAX_HELD": held,
    }
    lines = [f"export const {name} = {number:_};" for name, number in numbers.items()]
    newest = [f"  {json.dumps(name)}: {handler.v}," for name, handler in HANDLERS.items()]
    lines += [
        "/** The newest version of each operation's data. */",
        "export const VERSIONS = {",
        *newest,
        "};",
    ]
    return "\n".join([f"export const BUILD = {json.dumps(__version__)};", *lines])


def operation_types() -> str:
    return "\n".join(
        [
            "/** What the `data` of an operation holds, by its type. */",
            "export type OperationData = {",
            *(f"  {json.dumps(name)}: {handler.shape.__name__};" for name, handler in HANDLERS.items()),
            "};",
            "",
            "export type OperationType = keyof OperationData;",
        ]
    )


def shapes() -> list[type]:
    """Every model and row of the wire, once."""
    roots = [
        *(handler.shape for handler in HANDLERS.values()),
        Operation,
        Request,
        Answer,
        CardRequest,
        CardAnswer,
    ]
    return list(dict.fromkeys(shape for root in roots for shape in reachable(root)))


def reachable(hint: Any) -> Iterator[type]:
    """The models and rows that `hint` names, each after those it is made of."""
    if not is_shape(hint):
        for part in get_args(hint):
            yield from reachable(part)
        return
    for _name, part, _optional in fields(hint):
        yield from reachable(part)
    yield hint


def codes() -> Iterator[str]:
    """The types of codes, each with its name."""
    for hint, name in NAMES_OF_CODES.items():
        values = [json.dumps(code) for code in get_args(hint)]
        line = f"export type {name} = {' | '.join(values)};"
        yield line if len(line) <= MAX_LINE else "\n  | ".join([f"export type {name} =", *values]) + ";"


def definition(shape: type) -> str:
    lines = [*comment(cleandoc(shape.__doc__ or "").splitlines()), f"export type {shape.__name__} = {{"]
    for name, hint, optional in fields(shape):
        written = REFINED.get(f"{shape.__name__}.{name}") or typescript(hint)
        lines.append(f"  {name}{'?' if optional else ''}: {written};")
    return "\n".join([*lines, "};"])


def fields(shape: Any) -> Iterator[tuple[str, Any, bool]]:
    """Name, type, and whether it may be absent: in what the phone sends, if absence means null or no."""
    if issubclass(shape, BaseModel):
        for name, field in shape.model_fields.items():
            yield name, field.annotation, field.default is None or field.default is False
    else:
        for name, hint in get_type_hints(shape).items():
            yield name, hint, name in shape.__optional_keys__


def typescript(hint: Any) -> str:
    """A Python type as TypeScript writes it."""
    kind, parts = get_origin(hint), get_args(hint)
    if is_shape(hint):
        written = str(hint.__name__)
    elif kind is Annotated:
        written = typescript(parts[0])
    elif hint in NAMES_OF_CODES:
        written = NAMES_OF_CODES[hint]
    elif kind is Literal:
        written = " | ".join(json.dumps(value) for value in parts)
    elif kind in (Union, UnionType):
        written = " | ".join(typescript(part) for part in parts)
    elif kind is list:
        item = typescript(parts[0])
        written = f"({item})[]" if " | " in item else f"{item}[]"
    elif kind is dict:
        written = f"Record<{typescript(parts[0])}, {typescript(parts[1])}>"
    else:
        written = PLAIN[hint]
    return written


def is_shape(hint: Any) -> bool:
    return is_typeddict(hint) or (isinstance(hint, type) and issubclass(hint, BaseModel))


def comment(lines: list[str]) -> list[str]:
    if len(lines) < 2:
        return [f"/** {line} */" for line in lines]
    return ["/**", *(f" * {line}".rstrip() for line in lines), " */"]


if __name__ == "__main__":
    main()
