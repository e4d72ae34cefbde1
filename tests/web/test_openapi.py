"""/api/v1/openapi.json: the JSON API as `app/sync/wire/protocol.py` has it, for the demo and the desk."""

import json
from collections.abc import Iterator
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel, TypeAdapter
from typing_extensions import is_typeddict

from app.core.db import Database
from app.core.errors import Invalid
from app.reports.open_data.tokens import Scope
from app.sync.applying.operations import HANDLERS
from app.sync.enrolment import EnrolmentAnswer
from app.sync.wire import protocol
from app.sync.wire.card import CardAnswer, CardRequest
from app.web.monitoring.health import HealthAnswer
from app.web.openapi import document
from tests.cases import cases
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.web.public.summaries import bearer, token_of
from tests.world import LAN, World

ADDRESS = "/api/v1/openapi.json"
ROUTES = {
    ("/api/v1/sync", "post"),
    ("/api/v1/devices", "post"),
    ("/api/v1/devices/current", "delete"),
    ("/api/v1/export-files", "post"),
    ("/api/v1/encrypted-queue", "post"),
    ("/api/v1/card", "post"),
    ("/api/v1/communes", "get"),
    ("/api/v1/reports", "get"),
    ("/healthz", "get"),
}


@pytest.fixture
def described(app: FastAPI) -> dict[str, Any]:
    return document(app)


def wire_types() -> list[type]:
    """The models and typed dictionaries of the protocol, and the commands of its operations."""
    own = [kind for kind in vars(protocol).values() if isinstance(kind, type) and is_wire_type(kind)]
    # `OperationId` is the part of `Operation` that is checked first, `PhoneSettings` the part of `Answer`
    # that the commune has set; `Command` is the commands' base.
    parts = ("OperationId", "PhoneSettings", "Command")
    named = (kind for kind in own if kind.__name__ not in parts)
    return [*named, CardRequest, CardAnswer, *commands()]


def is_wire_type(kind: type) -> bool:
    return is_typeddict(kind) or (issubclass(kind, BaseModel) and kind is not BaseModel)


def commands() -> Iterator[type[BaseModel]]:
    return (cast(type[BaseModel], handler.shape) for handler in HANDLERS.values())


def fields_of(kind: Any) -> tuple[set[str], set[str]]:
    """The names of all fields, and of those that are required."""
    if is_typeddict(kind):
        return set(kind.__annotations__), set(kind.__required_keys__)
    fields = kind.model_fields
    return set(fields), {name for name, field in fields.items() if field.is_required()}


def test_the_api_and_nothing_else_is_described(described: dict[str, Any]) -> None:
    assert {(path, method) for path, item in described["paths"].items() for method in item} == ROUTES


@cases("kind", [*wire_types(), HealthAnswer])
def test_schema_has_the_fields_of_the_wire_type(described: dict[str, Any], kind: type) -> None:
    schema = described["components"]["schemas"][kind.__name__]
    assert (set(schema["properties"]), set(schema.get("required", []))) == fields_of(kind)


def test_every_reference_leads_to_a_schema(described: dict[str, Any]) -> None:
    known = described["components"]["schemas"]
    assert {ref.removeprefix("#/components/schemas/") for ref in references(described)} <= set(known)


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for inner in node.values():
            yield from references(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from references(inner)


def test_body_and_answer_of_an_exchange_are_described(described: dict[str, Any]) -> None:
    exchange = described["paths"]["/api/v1/sync"]["post"]
    assert list(references(exchange["requestBody"])) == ["#/components/schemas/Request"]
    assert list(references(exchange["responses"]["200"])) == ["#/components/schemas/Answer"]
    schemas = described["components"]["schemas"]
    assert list(references(schemas["Request"]["properties"]["ops"])) == ["#/components/schemas/Operation"]
    data = {ref.rpartition("/")[2] for ref in references(schemas["Operation"]["properties"]["data"])}
    assert data == {command.__name__ for command in commands()}


def json_bytes(content: dict[str, Any]) -> bytes:
    return json.dumps(content).encode()


def test_read_request_reads_what_the_document_describes(described: dict[str, Any], lan: Phone) -> None:
    """FastAPI does not parse this body, so `read_request` must require what the document requires."""
    sent = {"proto": 1, "device_id": lan.device_id, "sent_at": "2026-11-24T09:40:00.000Z"}
    required = described["components"]["schemas"]["Request"]["required"]
    assert set(required) == set(sent)
    assert protocol.read_request(json_bytes(sent)).device_id == lan.device_id
    for name in required:
        with pytest.raises(Invalid) as refused:
            protocol.read_request(json_bytes({key: value for key, value in sent.items() if key != name}))
        assert refused.value.fields == [name]


def test_answers_have_the_described_fields(client: TestClient, lan: Phone, world: World) -> None:
    """The routes return bytes or dictionaries that FastAPI does not validate."""
    form = {"invite": LAN[1], "phone": LAN[0], "name": ""}
    check(EnrolmentAnswer, client.post("/api/v1/devices", json=form).json())
    check(HealthAnswer, client.get("/healthz").json())
    check(protocol.ErrorAnswer, client.post("/api/v1/devices", json={}).json())
    check(protocol.Answer, lan.exchange(lan.visit(world.duc), omit_result_rows=True))


def check(kind: type, answer: dict[str, Any]) -> None:
    allowed, required = fields_of(kind)
    assert required <= set(answer) <= allowed
    TypeAdapter(kind).validate_python(answer)


def test_demo_serves_it_to_everybody(client: TestClient, world: World) -> None:
    answer = client.get(ADDRESS)
    assert (answer.status_code, answer.json()["openapi"][:2]) == (200, "3.")


def test_production_serves_it_at_the_desk_and_to_a_token_only(
    production: FastAPI, database: Database, world: World, clock: FakeClock
) -> None:
    origin = "https://tungnha.example"
    client = TestClient(production, origin, headers={"Origin": origin}, follow_redirects=False)
    token = token_of(database, Scope(commune_id=world.commune_id), clock())
    for headers in ({}, bearer("x" + token)):
        answer = client.get(ADDRESS, headers=headers)
        assert (answer.status_code, answer.json()) == (404, {"proto": 1, "error": "not_found"})
    assert "/api/v1/reports" in client.get(ADDRESS, headers=bearer(token)).json()["paths"]
    client.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    assert client.get(ADDRESS).status_code == 200
