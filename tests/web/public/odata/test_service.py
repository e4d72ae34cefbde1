"""The OData service: what Power Query asks for, page by page, and what a client without a password gets."""

import base64
import random
import xml.etree.ElementTree as ET
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient

from app.core.db import Database
from app.reports.open_data.tokens import Scope
from tests.conftest import FakeClock
from tests.web.public.summaries import COLUMNS, PROVINCE, add_reports, token_of
from tests.world import World

pytestmark = pytest.mark.both_databases
ROOT = "/api/v1/odata"
EDM = "{http://docs.oasis-open.org/odata/ns/edm}"
# The heads that Power Query sends (Excel, `OData.Feed` with Implementation 2.0).
POWER_QUERY = {
    "Accept": "application/json;odata.metadata=minimal;q=1.0,application/json;odata=minimalmetadata;q=0.9,"
    "application/atomsvc+xml;q=0.8,application/atom+xml;q=0.8,application/xml;q=0.7,text/plain;q=0.7",
    "OData-MaxVersion": "4.0",
    "MaxDataServiceVersion": "3.0;NetFx",
    "User-Agent": "Microsoft.Data.Mashup",
}


@pytest.fixture
def heads(database: Database, world: World, clock: FakeClock) -> dict[str, str]:
    """Those of a program that reads the cast's province."""
    add_reports(database, world)
    token = token_of(database, Scope(province_code=PROVINCE), clock())
    password = base64.b64encode(f"ai-cung-duoc:{token}".encode()).decode()
    return POWER_QUERY | {"Authorization": f"Basic {password}"}


def _follow(client: TestClient, address: str, heads: dict[str, str]) -> list[dict[str, Any]]:
    """All entities, through `@odata.nextLink`."""
    entities: list[dict[str, Any]] = []
    while address:
        answer = client.get(address, headers=heads)
        assert answer.status_code == 200, answer.text
        assert answer.headers["odata-version"] == "4.0"
        entities += answer.json()["value"]
        parts = urlsplit(answer.json().get("@odata.nextLink", ""))
        address = f"{parts.path}?{parts.query}" if parts.path else ""
    return entities


def test_power_querys_sequence_is_answered(
    client: TestClient, heads: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """A first visit without credentials, the service document, the model, a preview, and a refresh."""
    asked = client.get(f"{ROOT}/", headers=POWER_QUERY)
    assert asked.status_code == 401
    assert asked.headers["www-authenticate"].startswith("Basic ")
    service = client.get(f"{ROOT}/", headers=heads).json()
    assert [one["name"] for one in service["value"]] == ["Communes", "Reports", "Figures"]
    assert (
        client.get(f"{ROOT}/$metadata", headers=heads).headers["content-type"].startswith("application/xml")
    )
    preview = client.get(f"{ROOT}/Figures?$top=1000", headers=heads).json()
    assert preview["@odata.context"].endswith("/api/v1/odata/$metadata#Figures")
    refused = client.get(f"{ROOT}/Figures?$orderby=Last&$top=1000", headers=heads)
    assert (refused.status_code, refused.json()["error"]["message"]) == (
        501,
        "This service does not do $orderby.",
    )
    assert "request.failed" not in caplog.text, "what is not done is no failure"
    chosen = (
        f"{ROOT}/Figures?$filter=Kind eq 'month' and Last ge 2026-03-01&$select=Commune,Period,Code,Count"
    )
    months = _follow(client, chosen, heads)
    assert set(months[0]) == {"Commune", "Period", "Code", "Count"}
    assert min(one["Period"] for one in months) == "2026-03"
    assert client.get(f"{ROOT}/Figures/$count?$filter=Kind eq 'month'", headers=heads).text.isdigit()


# What python-odata 0.8.1 sent, recorded: it writes each comparison in parentheses, and its dollars as %24.
RECORDED = (
    f"{ROOT}/%24metadata",
    f"{ROOT}/Figures?%24top=7&%24filter=%28Kind%20eq%20%27month%27%29",
    f"{ROOT}/Figures",
)


def test_recorded_requests_of_a_python_client_are_answered(client: TestClient, heads: dict[str, str]) -> None:
    model, months, everything = (client.get(address, headers=heads) for address in RECORDED)
    assert b'EntitySet Name="Figures"' in model.content
    assert [one["Kind"] for one in months.json()["value"]] == ["month"] * 7
    assert len(everything.json()["value"]) == 300


def test_pages_are_the_whole_once_and_counted(client: TestClient, heads: dict[str, str]) -> None:
    reports = _follow(client, f"{ROOT}/Reports?$count=true", heads)
    figures = _follow(client, f"{ROOT}/Figures", heads)
    assert len({one["Id"] for one in reports}) == len(reports) == 100
    assert len({one["Id"] for one in figures}) == len(figures) == 100 * len(COLUMNS)
    assert client.get(f"{ROOT}/Figures/$count", headers=heads).text == str(len(figures))
    assert client.get(f"{ROOT}/Reports?$count=true&$top=1", headers=heads).json()["@odata.count"] == 100
    for top in (1, 100, 150, 299, 5_000):
        assert _follow(client, f"{ROOT}/Figures?$top={top}", heads) == figures[:top]
    zero = _follow(client, f"{ROOT}/Figures?$filter=Count eq 0", heads)
    assert zero == [one for one in figures if one["Count"] == 0]
    assert all(one["Count"] is None or one["Count"] % 5 == 0 for one in figures)
    later = _follow(client, f"{ROOT}/Reports?$filter=ClosedAt ge 2026-06-01T00:00:00Z", heads)
    assert later == [one for one in reports if one["ClosedAt"] >= "2026-06-01"]


def test_model_describes_every_property_of_the_entities(client: TestClient, heads: dict[str, str]) -> None:
    model = ET.fromstring(client.get(f"{ROOT}/$metadata", headers=heads).content)
    for entity in model.iter(f"{EDM}EntityType"):
        named = {one.get("Name"): one for one in entity.iter(f"{EDM}Property")}
        plural = f"{entity.get('Name')}s"
        for row in client.get(f"{ROOT}/{plural}", headers=heads).json()["value"]:
            assert set(row) == set(named)
            assert all(named[name].get("Nullable") == "true" for name, value in row.items() if value is None)
    assert {one.get("Name") for one in model.iter(f"{EDM}EntitySet")} == {"Communes", "Reports", "Figures"}


PIECES = (
    "$filter $select $top $skiptoken $count $orderby $format Commune Count Last ClosedAt eq ge le gt and ( ) "
    "' = & , 'x' 5 -1 99999999999999999999 2026-02-30 2026-02-03 2026-02-03T00:00:00Z true json %00 %27 "
    "%F0%9F%98%80"
).split()


def test_no_random_address_is_a_failure(
    client: TestClient, heads: dict[str, str], clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    dice = random.Random(11)
    for number in range(300):
        if number % 100 == 0:
            clock.forward(minutes=1)
        chosen = [dice.choice(PIECES) for _ in range(dice.randrange(1, 12))]
        address = (
            f"{ROOT}/{dice.choice(('Figures', 'Reports', 'Communes', 'Figures/$count'))}?{'%20'.join(chosen)}"
        )
        answer = client.get(address.replace("%20=%20", "="), headers=heads)
        assert answer.status_code in (200, 400, 501), address
    assert "request.failed" not in caplog.text


def test_what_is_unknown_or_wrong_is_an_error_of_odata(client: TestClient, heads: dict[str, str]) -> None:
    for address, status in (
        ("Households", 404),
        ("Figures?$skiptoken=x", 400),
        ("Figures?$filter=Salary eq 5", 400),
        ("Figures?$filter=Commune eq '%00'", 400),
        ("Reports('x')", 404),
        ("Figures?$filter=Commune eq 'không có'", 200),
    ):
        answer = client.get(f"{ROOT}/{address}", headers=heads)
        assert answer.status_code == status, address
        assert ("error" in answer.json()) == (status != 200)
